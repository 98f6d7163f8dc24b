import { isUtf8 } from 'node:buffer';

/** Where the cells of one DataRow message stand: a length of -1 is NULL. */
export interface Cells {
  starts: number[];
  lengths: number[];
  /** Where the next message begins. */
  end: number;
}

/** Type byte, length, and the number of cells. */
export const headerBytes = 7;

/** Of the message at `at`: the length that it says counts itself, but not the type. No calls: every row passes here. */
export const messageLength = (bytes: Buffer, at: number): number =>
  1 +
  (((bytes[at + 1] ?? 0) << 24) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 8) |
    (bytes[at + 4] ?? 0));

/** How many whole messages lie there, back to back. */
export function countMessages(bytes: Buffer): number {
  let count = 0;
  for (let at = 0; at < bytes.length; count += 1) at += messageLength(bytes, at);
  return count;
}

/** Reads the message at `at`, which has been checked when it came from the socket. */
export function readCells(bytes: Buffer, at: number): Cells {
  const count = bytes.readInt16BE(at + headerBytes - 2);
  const starts: number[] = [];
  const lengths: number[] = [];
  let next = at + headerBytes;
  for (let cell = 0; cell < count; cell += 1) {
    const length = bytes.readInt32BE(next);
    starts.push(next + 4);
    lengths.push(length);
    next += 4 + Math.max(length, 0);
  }
  return { starts, lengths, end: next };
}

/**
 * A value as text. A database with encoding SQL_ASCII sends what was stored in it, whatever that is: what is no UTF-8 is
 * read as Latin-1, which shows most such texts as they were meant and loses nothing.
 */
export function decodeText(bytes: Buffer, from: number, to: number): string {
  const text = bytes.toString('utf8', from, to);
  // The replacement character may also have been sent as such.
  if (!text.includes('\ufffd') || isUtf8(bytes.subarray(from, to))) return text;
  return bytes.toString('latin1', from, to);
}

/** The nearest place at or before `at`, but not before `from`, where a character of UTF-8 begins. */
export function characterStart(bytes: Buffer, from: number, at: number): number {
  let start = at;
  while (start > from && at - start < 3 && isContinuation(bytes[start])) start -= 1;
  // Four such bytes in a row are no UTF-8: then any place is as good.
  return isContinuation(bytes[start]) ? at : start;
}

/** The nearest place after `at`, but not after `to`, where a character of UTF-8 begins. */
export function nextCharacter(bytes: Buffer, at: number, to: number): number {
  let next = Math.min(at + 1, to);
  while (next < to && isContinuation(bytes[next])) next += 1;
  return next;
}

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

/** Walks over many rows without making anything for each. */
export class RowCursor {
  starts = new Int32Array(64);
  /** -1 for NULL. */
  lengths = new Int32Array(64);
  /** Where the next message begins. */
  end = 0;
  #bytes: Buffer = Buffer.alloc(0);
  readonly #maxColumns: number;

  /** Only the columns before `maxColumns` are looked at. */
  constructor(maxColumns = Infinity) {
    this.#maxColumns = maxColumns;
  }

  /** Moves to the message at `at`. */
  read(bytes: Buffer, at: number): void {
    this.#bytes = bytes;
    const count = Math.min(bytes.readInt16BE(at + headerBytes - 2), this.#maxColumns);
    if (count > this.starts.length) {
      this.starts = new Int32Array(count);
      this.lengths = new Int32Array(count);
    }
    let next = at + headerBytes;
    for (let cell = 0; cell < count; cell += 1) {
      const length = bytes.readInt32BE(next);
      this.starts[cell] = next + 4;
      this.lengths[cell] = length;
      next += 4 + (length > 0 ? length : 0);
    }
    this.end = at + messageLength(bytes, at);
  }

  /** A value of the present row. */
  text(column: number): string | null {
    const [start, length] = [this.starts[column] ?? 0, this.lengths[column] ?? -1];
    return length < 0 ? null : decodeText(this.#bytes, start, start + length);
  }
}
