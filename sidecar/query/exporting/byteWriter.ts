import type { RowCursor } from '../spool/dataRow.ts';

/** Room for the usual piece; a single large value needs more, once. */
const maxKeptRoom = 512 * 1024;

/** Bytes that grow; what was taken out belongs to whoever took it. */
export class ByteWriter {
  bytes: Buffer;
  at = 0;

  constructor(size = 64 * 1024) {
    this.bytes = Buffer.allocUnsafe(size);
  }

  /** Sees to it that `count` more bytes fit. */
  room(count: number): void {
    if (this.at + count <= this.bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.at + count));
    this.bytes.copy(grown, 0, 0, this.at);
    this.bytes = grown;
  }

  byte(byte: number): void {
    this.room(1);
    this.bytes[this.at] = byte;
    this.at += 1;
  }

  text(text: string): void {
    this.room(text.length * 3);
    this.at += this.bytes.write(text, this.at);
  }

  /** Copies a part of other bytes. */
  copy(source: Buffer, from: number, to: number): void {
    this.room(to - from);
    source.copy(this.bytes, this.at, from, to);
    this.at += to - from;
  }

  take(): Buffer {
    const taken = this.bytes.subarray(0, this.at);
    this.bytes = Buffer.allocUnsafe(Math.min(this.bytes.length, maxKeptRoom));
    this.at = 0;
    return taken;
  }
}

/** Calls `each` for all rows in `bytes`, whole messages back to back; the cursor is on the row then. */
export function forEachRow(bytes: Buffer, cursor: RowCursor, each: () => void): void {
  for (let at = 0; at < bytes.length; at = cursor.end) {
    cursor.read(bytes, at);
    each();
  }
}
