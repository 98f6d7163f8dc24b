import { constants, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { noFollow } from '../storage/atomicWrite.ts';
import { BlockIndex } from './blockIndex.ts';
import { OpenBlock, type Block } from './blocks.ts';
import { idOf } from './entryLine.ts';
import { readAt, writeAll } from './wholeBytes.ts';

const chunkBytes = 1024 ** 2;
/** No line of ours is longer: what goes on beyond it is damage. */
const maxLineBytes = 8 * chunkBytes;
const lineFeed = 10;

/**
 * `history.jsonl` and its index beside it. The journal is what counts: it grows at its end, and only the flag of a favourite and a
 * removed entry are written in their place. Blocks that are full go to the index, where they are missing in the background.
 *
 * Its writing methods are called one at a time.
 */
export class HistoryFile {
  readonly #path: string;
  readonly #journal: FileHandle;
  readonly #index: BlockIndex;
  #size: number;
  #lastId = 0;
  /** Of the last full block. */
  #sealedId = 0;
  /** What of the journal is not in a full block yet; further lines may stand behind it while the file is gone through. */
  #open = new OpenBlock(0);
  /** Full, but not in the index yet. */
  #unindexed: Block[] = [];
  /** All that are full, while somebody searches. */
  #blocks: Block[] | undefined;
  #catchingUp: Promise<void> | undefined;
  #closed = false;
  /** Rises with each write that is not at the end. */
  edits = 0;

  private constructor(path: string, journal: FileHandle, index: BlockIndex, size: number) {
    this.#path = path;
    this.#journal = journal;
    this.#index = index;
    this.#size = size;
  }

  static async open(path: string): Promise<HistoryFile> {
    const journal = await open(path, constants.O_RDWR | constants.O_CREAT | noFollow, 0o600);
    const { size } = await journal.stat();
    const file = new HistoryFile(path, journal, await BlockIndex.open(indexOf(path)), size);
    await file.#begin();
    return file;
  }

  get size(): number {
    return this.#size;
  }
  get lastId(): number {
    return this.#lastId;
  }
  get openBlock(): OpenBlock {
    return this.#open;
  }

  /** Lines with their line feeds, whole or not at all: what a full disk has taken of them is written over by the next. */
  async append(lines: readonly string[]): Promise<void> {
    const bytes = Buffer.from(lines.join(''));
    await writeAll(this.#journal, bytes, this.#size);
    const isNext = this.#open.end === this.#size && !this.#catchingUp;
    this.#size += bytes.length;
    this.#lastId = Math.max(this.#lastId, idOf(lines.at(-1) ?? '') ?? 0);
    if (isNext) for (const text of lines) this.#take(text.slice(0, -1), Buffer.byteLength(text));
    if (isNext) await this.#writeIndex();
  }

  /** In the place of what stands there. */
  async replace(offset: number, bytes: Buffer): Promise<void> {
    this.edits += 1;
    await writeAll(this.#journal, bytes, offset);
    const line = this.#open.lines.find((each) => each.offset <= offset && offset < each.offset + each.bytes);
    if (!line) return;
    const at = offset - line.offset;
    const whole = Buffer.from(line.text);
    bytes.copy(whole, at, 0, Math.min(bytes.length, whole.length - at));
    line.text = whole.toString();
  }

  async noteFavourite(block: Block): Promise<void> {
    const blocks = await this.blocks();
    block.hasFavourites = true;
    const place = blocks.indexOf(block);
    if (place >= 0 && place < blocks.length - this.#unindexed.length)
      await this.#index.noteFavourite(blocks, place);
  }

  read(offset: number, length: number): Promise<Buffer> {
    return readAt(this.#journal, offset, length);
  }

  /** All that are full, oldest first; kept until `release`. Waits where the journal has to be gone through first. */
  async blocks(): Promise<readonly Block[]> {
    while (!this.#closed) {
      const known = await this.knownBlocks();
      if (known) return known;
      await this.catchUp();
    }
    return [];
  }

  /** The same at once: undefined while the journal is gone through, which begins here where the index does not fit. */
  async knownBlocks(): Promise<readonly Block[] | undefined> {
    if (this.#open.end < this.#size) return this.#catchUpBeside();
    await this.#catchingUp;
    if (this.#blocks) return this.#blocks;
    const indexed = await this.#index.blocks();
    const blocks = [...(indexed ?? []), ...this.#unindexed];
    const end = blocks.reduce((_, { offset, length }) => offset + length, 0);
    if (indexed && end === this.#open.offset) return (this.#blocks = blocks);
    await this.#startAnew();
    this.#blocks = [];
    return this.#catchUpBeside();
  }

  release(): void {
    this.#blocks = undefined;
  }

  /** Goes through what is in no block yet, some at a time. */
  catchUp(): Promise<void> {
    if (this.#open.end >= this.#size) return this.#catchingUp ?? Promise.resolve();
    return (this.#catchingUp ??= this.#takeRest().finally(() => (this.#catchingUp = undefined)));
  }

  /** What cannot be read is tried again by the next who wants it. */
  #catchUpBeside(): undefined {
    void this.catchUp().catch(() => undefined);
  }

  /** Puts another file in the place of this one, which is closed. */
  async becomeReplacedBy(other: HistoryFile): Promise<void> {
    // What is renamed must be whole after a power cut too: there is no other copy of it.
    await other.#journal.sync();
    await Promise.all([this.close(), other.close()]);
    await rename(other.#path, this.#path);
    await rename(indexOf(other.#path), indexOf(this.#path));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#catchingUp?.catch(() => undefined);
    await Promise.all([this.#journal.close(), this.#index.close()]);
  }

  /** Finds out where the index ends, which number was the last, and ends a line that was torn. */
  async #begin(): Promise<void> {
    if (this.#size > 0 && (await this.read(this.#size - 1, 1))[0] !== lineFeed) {
      await writeAll(this.#journal, Buffer.of(lineFeed), this.#size);
      this.#size += 1;
    }
    const last = await this.#index.last();
    if (last && (await this.#fits(last))) {
      this.#open = new OpenBlock(last.offset + last.length);
      this.#lastId = this.#sealedId = last.lastId;
    } else await this.#startAnew();
    const tailAt = Math.max(this.#open.offset, this.#size - chunkBytes);
    const tail = (await this.read(tailAt, this.#size - tailAt)).toString('latin1').split('\n');
    const ids = tail.flatMap((line) => idOf(line) ?? []);
    this.#lastId = Math.max(this.#lastId, ...ids);
    // A little is gone through at once; of much, the last number must be known.
    if (tailAt === this.#open.offset || ids.length === 0) await this.catchUp();
  }

  /** Whether the journal is the one that the index was made of. */
  async #fits({ offset, length, firstId }: Block): Promise<boolean> {
    if (offset + length > this.#size || length > this.#size) return false;
    const bytes = await this.read(offset, length);
    return bytes.at(-1) === lineFeed && idOf(bytes.subarray(0, 100).toString('latin1')) === firstId;
  }

  async #startAnew(): Promise<void> {
    await this.#index.clear();
    this.#unindexed = [];
    this.#sealedId = 0;
    this.#open = new OpenBlock(0);
  }

  async #takeRest(): Promise<void> {
    let length = chunkBytes;
    while (this.#open.end < this.#size && !this.#closed) {
      const from = this.#open.end;
      const bytes = await this.read(from, Math.min(length, this.#size - from));
      // Somebody has cut it off: what comes next is written where it ends now.
      if (bytes.length === 0) return void (this.#size = from);
      const isLongest = length >= maxLineBytes;
      if (this.#open.end === from) this.#takeLines(bytes, isLongest);
      length = this.#open.end === from ? length * 2 : chunkBytes;
      await this.#writeIndex();
      await nextTurn();
    }
  }

  #takeLines(bytes: Buffer, isLongest: boolean): void {
    let from = 0;
    for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, from)) {
      this.#take(bytes.toString('utf8', from, end), end + 1 - from);
      from = end + 1;
    }
    if (from === 0 && isLongest) this.#take('', bytes.length);
  }

  #take(text: string, bytes: number): void {
    this.#open.add(text, bytes);
    if (!this.#open.isFull) return;
    const block = this.#open.seal(this.#sealedId);
    this.#sealedId = block.lastId;
    this.#lastId = Math.max(this.#lastId, block.lastId);
    this.#unindexed.push(block);
    this.#blocks?.push(block);
    this.#open = new OpenBlock(this.#open.end);
  }

  /** What a full disk does not take is written with what follows; the journal is what counts. */
  async #writeIndex(): Promise<void> {
    const blocks = this.#unindexed;
    if (blocks.length === 0) return;
    const isWritten = await this.#index.append(blocks).then(
      () => true,
      () => false,
    );
    if (isWritten) this.#unindexed = this.#unindexed.slice(blocks.length);
  }
}

const indexOf = (path: string): string => `${path}.index`;

/** Removes a file and its index, which nobody has open. */
export const removeHistoryFile = async (path: string): Promise<void> => {
  await Promise.all([rm(path, { force: true }), rm(indexOf(path), { force: true })]);
};
