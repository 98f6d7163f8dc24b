import { isUtf8 } from 'node:buffer';
import { decodeText, type RowCursor } from '../spool/dataRow.ts';
import { distinctNames, isFinite, RowEncoder, type Field, type Layout } from './encoder.ts';

const [quote, backslash, space, letterT] = [0x22, 0x5c, 0x20, 0x74];

/** An array of objects, or with `lines` an object a line. Numbers keep all their digits; JSON knows no NaN, so it is text. */
export class JsonEncoder extends RowEncoder {
  readonly #keys: readonly string[];
  readonly #lines: boolean;
  #rows = 0;

  constructor(layout: Layout, { lines }: { lines: boolean }) {
    super(layout);
    this.#lines = lines;
    this.#keys = distinctNames(this.fields.map(({ name }) => name)).map((name) => JSON.stringify(name));
  }

  override begin(): Buffer {
    if (!this.#lines) this.out.text('[');
    return this.out.take();
  }

  override end(): Buffer {
    const { lineEnd } = this.options;
    if (!this.#lines) this.out.text(this.#rows > 0 ? `${lineEnd}]${lineEnd}` : `]${lineEnd}`);
    return this.out.take();
  }

  protected row(bytes: Buffer, { starts, lengths }: RowCursor): void {
    const { out, fields } = this;
    const { lineEnd } = this.options;
    if (!this.#lines) out.text(this.#rows > 0 ? `,${lineEnd}  ` : `${lineEnd}  `);
    this.#rows += 1;
    out.text('{');
    fields.forEach((field, position) => {
      out.text(`${position > 0 ? ',' : ''}${this.#keys[position] ?? ''}:`);
      this.#value(bytes, starts[field.index] ?? 0, lengths[field.index] ?? -1, field);
    });
    out.text(this.#lines ? `}${lineEnd}` : '}');
  }

  #value(bytes: Buffer, from: number, length: number, { kind }: Field): void {
    const { out } = this;
    if (length < 0) out.text('null');
    else if (kind === 'number' && isFinite(bytes, from, length)) out.copy(bytes, from, from + length);
    else if (kind === 'boolean') out.text(bytes[from] === letterT ? 'true' : 'false');
    else if (kind === 'json') this.#json(bytes, from, length);
    else this.#string(bytes, from, length);
  }

  /** As the server gives it; line breaks between its values become blanks, so that it stays on its line. */
  #json(bytes: Buffer, from: number, length: number): void {
    const { out } = this;
    const start = out.at;
    out.copy(bytes, from, from + length);
    for (let at = start; at < out.at; at += 1) if ((out.bytes[at] ?? 0) < space) out.bytes[at] = space;
  }

  #string(bytes: Buffer, from: number, length: number): void {
    const { out } = this;
    let plain = true;
    let ascii = true;
    for (let at = from; at < from + length && plain; at += 1) {
      const byte = bytes[at] ?? 0;
      plain = byte >= space && byte !== quote && byte !== backslash;
      if (byte >= 0x80) ascii = false;
    }
    if (plain && (ascii || isUtf8(bytes.subarray(from, from + length)))) {
      out.byte(quote);
      out.copy(bytes, from, from + length);
      out.byte(quote);
    } else out.text(JSON.stringify(decodeText(bytes, from, from + length)));
  }
}
