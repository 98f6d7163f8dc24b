import { decodeText, type RowCursor } from '../spool/dataRow.ts';
import { RowEncoder } from './encoder.ts';

/** A table in GitHub's Markdown, numbers to the right. */
export class MarkdownEncoder extends RowEncoder {
  override begin(): Buffer {
    const { out, fields } = this;
    const { lineEnd } = this.options;
    out.text(`| ${fields.map(({ name }) => escaped(name)).join(' | ')} |${lineEnd}`);
    out.text(`|${fields.map(({ kind }) => (kind === 'number' ? ' ---: |' : ' --- |')).join('')}${lineEnd}`);
    return out.take();
  }

  protected row(bytes: Buffer, { starts, lengths }: RowCursor): void {
    const { out, fields } = this;
    out.text('|');
    for (const { index } of fields) {
      const [start, length] = [starts[index] ?? 0, lengths[index] ?? -1];
      const text = length < 0 ? this.options.nullText : decodeText(bytes, start, start + length);
      out.text(` ${escaped(text)} |`);
    }
    out.text(this.options.lineEnd);
  }
}

/** A value must not end its cell or its line, nor be read as markup. */
const escaped = (text: string): string =>
  text.replace(/[\\`*<|]|\b_\B|\B_\b/g, '\\$&').replace(/\r\n|[\r\n]/g, '<br>');
