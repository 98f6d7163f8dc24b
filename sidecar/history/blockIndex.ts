import { constants, open, type FileHandle } from 'node:fs/promises';
import { noFollow } from '../storage/atomicWrite.ts';
import type { Block } from './blocks.ts';
import { readAt, writeAll } from './wholeBytes.ts';

/** Before the signature of a record, and behind it, where its whole length stands once more. */
const headBytes = 56;
const tailBytes = 4;
const mark = 0x48_49_53_31;
const favouritesAt = 53;

/**
 * The index beside the journal: a record for each block that is full. It can be made anew from the journal at any
 * time, so that it is believed only where it fits.
 */
export class BlockIndex {
  readonly #file: FileHandle;
  #size: number;

  private constructor(file: FileHandle, size: number) {
    this.#file = file;
    this.#size = size;
  }

  static async open(path: string): Promise<BlockIndex> {
    const file = await open(path, constants.O_RDWR | constants.O_CREAT | noFollow, 0o600);
    return new BlockIndex(file, (await file.stat()).size);
  }

  /** The last record alone, which tells how far the index goes; undefined where there is none that can be read. */
  async last(): Promise<Block | undefined> {
    if (this.#size < headBytes + tailBytes) return undefined;
    const tail = await this.#read(this.#size - tailBytes, tailBytes);
    const length = tail.readUInt32LE(0);
    if (length > this.#size) return undefined;
    return decode(await this.#read(this.#size - length, length), 0)?.block;
  }

  /** All of them; undefined where they do not follow each other without a gap. */
  async blocks(): Promise<Block[] | undefined> {
    const bytes = await this.#read(0, this.#size);
    const blocks: Block[] = [];
    let journalEnd = 0;
    for (let at = 0; at < bytes.length;) {
      const record = decode(bytes, at);
      if (record?.block.offset !== journalEnd) return undefined;
      blocks.push(record.block);
      journalEnd += record.block.length;
      at += record.bytes;
    }
    return blocks;
  }

  async append(blocks: readonly Block[]): Promise<void> {
    if (blocks.length === 0) return;
    const bytes = Buffer.concat(blocks.map(encode));
    await writeAll(this.#file, bytes, this.#size);
    this.#size += bytes.length;
  }

  /** The block at this place in the list may hold favourites from now on. */
  async noteFavourite(blocks: readonly Block[], place: number): Promise<void> {
    const at = blocks.slice(0, place).reduce((sum, block) => sum + bytesOf(block), 0);
    await this.#file.write(Buffer.of(1), 0, 1, at + favouritesAt);
  }

  async clear(): Promise<void> {
    await this.#file.truncate(0);
    this.#size = 0;
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  #read(at: number, length: number): Promise<Buffer> {
    return readAt(this.#file, at, length);
  }
}

const bytesOf = ({ signature }: Block): number => headBytes + signature.length + tailBytes;

function encode(block: Block): Buffer {
  const bytes = Buffer.alloc(bytesOf(block));
  bytes.writeUInt32LE(mark, 0);
  bytes.writeDoubleLE(block.offset, 4);
  bytes.writeDoubleLE(block.length, 12);
  bytes.writeDoubleLE(block.firstId, 20);
  bytes.writeDoubleLE(block.lastId, 28);
  bytes.writeDoubleLE(block.minAt, 36);
  bytes.writeDoubleLE(block.maxAt, 44);
  bytes.writeUInt8(block.outcomes, 52);
  bytes.writeUInt8(block.hasFavourites ? 1 : 0, favouritesAt);
  bytes.writeUInt16LE(block.signature.length, 54);
  bytes.set(block.signature, headBytes);
  bytes.writeUInt32LE(bytes.length, bytes.length - tailBytes);
  return bytes;
}

function decode(bytes: Buffer, at: number): { block: Block; bytes: number } | undefined {
  if (at + headBytes + tailBytes > bytes.length || bytes.readUInt32LE(at) !== mark) return undefined;
  const length = headBytes + bytes.readUInt16LE(at + 54) + tailBytes;
  if (at + length > bytes.length || bytes.readUInt32LE(at + length - tailBytes) !== length) return undefined;
  const block = {
    offset: bytes.readDoubleLE(at + 4),
    length: bytes.readDoubleLE(at + 12),
    firstId: bytes.readDoubleLE(at + 20),
    lastId: bytes.readDoubleLE(at + 28),
    minAt: bytes.readDoubleLE(at + 36),
    maxAt: bytes.readDoubleLE(at + 44),
    outcomes: bytes.readUInt8(at + 52),
    hasFavourites: bytes.readUInt8(at + favouritesAt) !== 0,
    signature: bytes.subarray(at + headBytes, at + length - tailBytes),
  };
  return { block, bytes: length };
}
