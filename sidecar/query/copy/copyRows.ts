import type { StatementSink } from '../../postgres/statement.ts';
import { wholeLines, type CopyShape } from './copyShape.ts';

/** OID of `text`. */
const textOid = 25;
const messageHeader = 5;
const [lineFeed, carriageReturn, backslash] = [0x0a, 0x0d, 0x5c];

type RowTarget = Pick<StatementSink, 'columns' | 'rows'>;

/** Makes rows of the lines of a COPY TO STDOUT, in the form in which the server sends rows. */
export class CopyRows {
  readonly #shape: CopyShape;
  readonly #columnCount: number;
  readonly #target: RowTarget;
  #begun = false;
  #out = Buffer.alloc(0);
  #used = 0;

  constructor(shape: CopyShape, columnCount: number, target: RowTarget) {
    this.#shape = columnCount === 0 ? wholeLines : shape;
    this.#columnCount = this.#shape.format === 'lines' ? 1 : columnCount;
    this.#target = target;
    if (!this.#shape.header) this.#begin(this.#shape.names);
  }

  /** Whole CopyData messages, back to back, a line in each. */
  take(bytes: Buffer, count: number): void {
    // No value grows, and each gets its length before it; a row gets a header.
    this.#out = Buffer.allocUnsafe(bytes.length + count * (7 + 4 * this.#columnCount));
    this.#used = 0;
    let rows = 0;
    for (let at = 0; at < bytes.length;) {
      const end = at + 1 + bytes.readInt32BE(at + 1);
      const line = bytes.subarray(at + messageHeader, withoutLineEnd(bytes, at + messageHeader, end));
      if (this.#begun) {
        this.#row(line);
        rows += 1;
      } else this.#begin(this.#names(line));
      at = end;
    }
    if (rows > 0) this.#target.rows(this.#out.subarray(0, this.#used), rows);
  }

  #begin(names: readonly string[]): void {
    this.#begun = true;
    const isLine = this.#shape.format === 'lines';
    this.#target.columns(
      Array.from({ length: this.#columnCount }, (_, index) => ({
        name: isLine ? 'line' : (names[index] ?? `column ${index + 1}`),
        typeOid: textOid,
        tableOid: 0,
        columnNumber: 0,
      })),
    );
  }

  /** The header is a line like all others. */
  #names(line: Buffer): string[] {
    const [out, used] = [this.#out, this.#used];
    this.#out = Buffer.allocUnsafe(line.length + 7 + 4 * this.#columnCount);
    this.#used = 0;
    this.#row(line);
    const names: string[] = [];
    for (let at = 7; at < this.#used;) {
      const length = Math.max(this.#out.readInt32BE(at), 0);
      names.push(this.#out.toString('utf8', at + 4, at + 4 + length));
      at += 4 + length;
    }
    [this.#out, this.#used] = [out, used];
    return names;
  }

  #row(line: Buffer): void {
    const from = this.#used;
    this.#used += 7;
    const { format } = this.#shape;
    const written =
      format === 'csv' ? this.#csv(line) : format === 'text' ? this.#text(line) : this.#whole(line);
    if (written !== this.#columnCount) throw new Error('A line of COPY has another number of columns');
    this.#out[from] = 0x44;
    this.#out.writeInt32BE(this.#used - from - 1, from + 1);
    this.#out.writeInt16BE(written, from + 5);
  }

  #whole(line: Buffer): number {
    this.#length(line.length);
    this.#used += line.copy(this.#out, this.#used);
    return 1;
  }

  #text(line: Buffer): number {
    let count = 0;
    for (let at = 0; ; at += 1, count += 1) {
      const end = this.#delimiterAfter(line, at);
      if (this.#isNull(line, at, end)) this.#length(-1);
      else this.#unescaped(line, at, end);
      if (end === line.length) return count + 1;
      at = end;
    }
  }

  /** A backslash takes the next byte with it, also a delimiter. */
  #delimiterAfter(line: Buffer, from: number): number {
    const { delimiter } = this.#shape;
    let at = from;
    while (at < line.length && line[at] !== delimiter) at += line[at] === backslash ? 2 : 1;
    return Math.min(at, line.length);
  }

  #unescaped(line: Buffer, from: number, to: number): void {
    const start = this.#used;
    this.#used += 4;
    for (let at = from; at < to; at += 1) {
      const byte = line[at] ?? 0;
      if (byte === backslash && at + 1 < to) {
        at += 1;
        this.#byte(escapes.get(line[at] ?? 0) ?? line[at] ?? 0);
      } else this.#byte(byte);
    }
    this.#out.writeInt32BE(this.#used - start - 4, start);
  }

  #csv(line: Buffer): number {
    const { delimiter, quote, escape } = this.#shape;
    let count = 1;
    let start = this.#used;
    let valueFrom = 0;
    let quoted = false;
    let hadQuote = false;
    this.#used += 4;
    const endValue = (at: number) => {
      const isNull = !hadQuote && this.#isNull(line, valueFrom, at);
      if (isNull) this.#used = start + 4;
      this.#out.writeInt32BE(isNull ? -1 : this.#used - start - 4, start);
    };
    for (let at = 0; at < line.length; at += 1) {
      const byte = line[at] ?? 0;
      const next = line[at + 1];
      if (quoted && byte === escape && (next === quote || next === escape)) {
        this.#byte(next);
        at += 1;
      } else if (byte === quote) {
        quoted = !quoted;
        hadQuote = true;
      } else if (byte === delimiter && !quoted) {
        endValue(at);
        start = this.#used;
        this.#used += 4;
        valueFrom = at + 1;
        hadQuote = false;
        count += 1;
      } else this.#byte(byte);
    }
    endValue(line.length);
    return count;
  }

  #isNull(line: Buffer, from: number, to: number): boolean {
    const { nullText } = this.#shape;
    return to - from === nullText.length && line.compare(nullText, 0, nullText.length, from, to) === 0;
  }

  #length(length: number): void {
    this.#used = this.#out.writeInt32BE(length, this.#used);
  }

  #byte(byte: number): void {
    this.#out[this.#used] = byte;
    this.#used += 1;
  }
}

/** COPY TO writes these only; any other byte behind a backslash stands for itself. */
const escapes = new Map(
  Object.entries({ b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }).map(([letter, sign]) => [
    letter.charCodeAt(0),
    sign.charCodeAt(0),
  ]),
);

/** A server on Windows ends its lines with two characters. */
function withoutLineEnd(bytes: Buffer, from: number, end: number): number {
  if (end <= from || bytes[end - 1] !== lineFeed) return end;
  return end - 1 > from && bytes[end - 2] === carriageReturn ? end - 2 : end - 1;
}
