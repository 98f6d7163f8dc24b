import type { RowCursor } from '../spool/dataRow.ts';
import { RowEncoder, type Layout } from './encoder.ts';

const [quote, carriageReturn, lineFeed, apostrophe] = [0x22, 0x0d, 0x0a, 0x27];
/** What makes a spreadsheet take a text for a formula. */
const formulaStarts = new Set(['=', '+', '-', '@', '\t', '\r'].map((sign) => sign.charCodeAt(0)));
/** Alone on a line it would end the data of a COPY. */
const endMark = Buffer.from('\\.');

/** CSV by the rules of COPY, to the byte: quotes stand only where they are needed. */
export class CsvEncoder extends RowEncoder {
  readonly #delimiter: Buffer;
  readonly #lineEnd: Buffer;
  readonly #nullText: Buffer;
  /** Bytes for which a value needs quotes. */
  readonly #special = new Uint8Array(256);

  constructor(layout: Layout, defaultDelimiter: string) {
    super(layout);
    const { delimiter = defaultDelimiter, lineEnd, nullText } = layout.options;
    this.#delimiter = Buffer.from(delimiter);
    this.#lineEnd = Buffer.from(lineEnd);
    this.#nullText = Buffer.from(nullText);
    for (const byte of [quote, carriageReturn, lineFeed, this.#delimiter[0] ?? 0]) this.#special[byte] = 1;
  }

  override begin(): Buffer {
    if (this.options.header) {
      this.fields.forEach(({ name }, position) => {
        if (position > 0) this.#bytes(this.#delimiter);
        const bytes = Buffer.from(name);
        this.#value(bytes, 0, bytes.length, true);
      });
      this.#bytes(this.#lineEnd);
    }
    return this.out.take();
  }

  protected row(bytes: Buffer, { starts, lengths }: RowCursor): void {
    const { fields } = this;
    for (let position = 0; position < fields.length; position += 1) {
      if (position > 0) this.#bytes(this.#delimiter);
      const field = fields[position];
      const length = field ? (lengths[field.index] ?? -1) : -1;
      if (!field || length < 0) this.#bytes(this.#nullText);
      else this.#value(bytes, starts[field.index] ?? 0, length, field.kind !== 'number');
    }
    this.#bytes(this.#lineEnd);
  }

  #value(bytes: Buffer, from: number, length: number, isText: boolean): void {
    const { out } = this;
    out.room(length * 2 + 3);
    const guarded = isText && this.options.formulaGuard && formulaStarts.has(bytes[from] ?? 0) && length > 0;
    if (this.#looksOther(bytes, from, length)) return this.#quoted(bytes, from, length, guarded);
    const { bytes: target } = out;
    const special = this.#special;
    let at = out.at;
    if (guarded) {
      target[at] = apostrophe;
      at += 1;
    }
    for (let next = from; next < from + length; next += 1) {
      const byte = bytes[next] ?? 0;
      if (special[byte] === 1) return this.#quoted(bytes, from, length, guarded);
      target[at] = byte;
      at += 1;
    }
    out.at = at;
  }

  /** Would it be read as NULL, or as the end of the data? */
  #looksOther(bytes: Buffer, from: number, length: number): boolean {
    return (
      isSame(bytes, from, length, this.#nullText) ||
      (this.fields.length === 1 && isSame(bytes, from, length, endMark))
    );
  }

  #quoted(bytes: Buffer, from: number, length: number, guarded: boolean): void {
    const { out } = this;
    const { bytes: target } = out;
    let { at } = out;
    target[at] = quote;
    at += 1;
    if (guarded) {
      target[at] = apostrophe;
      at += 1;
    }
    for (let next = from; next < from + length; next += 1) {
      const byte = bytes[next] ?? 0;
      if (byte === quote) {
        target[at] = quote;
        at += 1;
      }
      target[at] = byte;
      at += 1;
    }
    target[at] = quote;
    out.at = at + 1;
  }

  #bytes(bytes: Buffer): void {
    const { out } = this;
    out.room(bytes.length);
    for (let at = 0; at < bytes.length; at += 1) out.bytes[out.at + at] = bytes[at] ?? 0;
    out.at += bytes.length;
  }
}

const isSame = (bytes: Buffer, from: number, length: number, other: Buffer): boolean =>
  length === other.length && bytes.compare(other, 0, length, from, from + length) === 0;
