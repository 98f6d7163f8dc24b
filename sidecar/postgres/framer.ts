/** One message may be this long at most; a longer one costs its own backend and nothing else. */
export const maxMessageBytes = 64 * 1024 * 1024;

const headerBytes = 5;
const code = (letter: string): number => letter.charCodeAt(0);
const D = code('D');
const d = code('d');
const T = code('T');
/** Every type a server may send in version 3 of the protocol. */
const serverTypes = new Set(Array.from('RKSZCDTtIENnsAG12H3dcWVv').map(code));
/** ErrorResponse, NoticeResponse and ParameterStatus end with a zero byte; without it pg's parser reads on for ever. */
const zeroTerminated = new Set(['E', 'N', 'S'].map(code));

export interface FrameTarget {
  /** Whole messages of any kind but those below, or all of them while those are not wanted. */
  message(bytes: Buffer): void;
  /** Whole DataRow messages, back to back. */
  rows(bytes: Buffer, count: number): void;
  /** Whole CopyData messages, back to back. */
  copyData(bytes: Buffer, count: number): void;
  /** Are rows wanted as bytes now? */
  wantsRows(): boolean;
  wantsCopyData(): boolean;
}

export class MalformedMessage extends Error {
  readonly tooLarge: boolean;
  constructor(message: string, tooLarge = false) {
    super(message);
    this.tooLarge = tooLarge;
  }
}

/**
 * Cuts the server's stream into whole messages and checks each before anything else sees it, so that a malformed one is
 * an error of that connection and not a driver that spins or throws where nothing can catch it. Runs of DataRow and of
 * CopyData messages are handed on as they lie in the read, undecoded; only a message that lies in several reads is put
 * together.
 */
export class Framer {
  /** Room for the message that was begun, or for its header alone while that is not whole. */
  #begun = Buffer.alloc(0);
  /** How much of it is there. */
  #size = 0;
  readonly #target: FrameTarget;

  constructor(target: FrameTarget) {
    this.#target = target;
  }

  /** Throws MalformedMessage, after what came before it was handed on; the stream is of no use afterwards. */
  push(chunk: Buffer): void {
    const from = this.#size > 0 ? this.#complete(chunk) : 0;
    const end = this.#cut(chunk, from);
    if (end < chunk.length) this.#begin(chunk.subarray(end));
  }

  #begin(part: Buffer): void {
    const isHeader = part.length >= headerBytes;
    this.#begun = Buffer.allocUnsafe(isHeader ? 1 + checkedLength(part, 0) : headerBytes);
    this.#size = part.copy(this.#begun);
  }

  /** Gives how much of the chunk belongs to the message that was begun. */
  #complete(chunk: Buffer): number {
    let used = 0;
    while (used < chunk.length) {
      const copied = chunk.copy(this.#begun, this.#size, used);
      used += copied;
      this.#size += copied;
      if (this.#size < this.#begun.length) break;
      if (this.#size === headerBytes && checkedLength(this.#begun, 0) >= headerBytes) {
        this.#begin(this.#begun);
        continue;
      }
      this.#cut(this.#begun, 0);
      this.#begun = Buffer.alloc(0);
      this.#size = 0;
      break;
    }
    return used;
  }

  /** Hands on all whole messages, and gives where they end. */
  #cut(bytes: Buffer, from: number): number {
    for (let at = from; ;) {
      const runEnd = this.#run(bytes, at);
      if (runEnd === at) {
        if (bytes.length - at < headerBytes) return at;
        const end = at + 1 + checkedLength(bytes, at);
        if (bytes.length < end) return at;
        checkBody(bytes, at, end);
        this.#target.message(bytes.subarray(at, end));
        at = end;
      } else at = runEnd;
    }
  }

  #run(bytes: Buffer, at: number): number {
    const target = this.#target;
    if (bytes[at] === D && target.wantsRows())
      return handOn(bytes, at, rowEnd, (rows, count) => target.rows(rows, count));
    if (bytes[at] === d && target.wantsCopyData())
      return handOn(bytes, at, copyDataEnd, (data, count) => target.copyData(data, count));
    return at;
  }
}

type Take = (bytes: Buffer, count: number) => void;

/** Hands on the messages of one kind from `from` on, and gives where they end; a malformed one is none of them. */
function handOn(
  bytes: Buffer,
  from: number,
  endOf: (bytes: DataView, at: number) => number,
  take: Take,
): number {
  let at = from;
  let count = 0;
  // Buffer's own readers check each offset in a way that costs more than all the rest.
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let end = endOf(view, at); end > 0; end = endOf(view, at)) {
    at = end;
    count += 1;
  }
  if (count > 0) take(bytes.subarray(from, at), count);
  return at;
}

function checkedLength(bytes: Buffer, at: number): number {
  const type = bytes[at] ?? 0;
  if (!serverTypes.has(type)) throw new MalformedMessage(`unknown message type 0x${type.toString(16)}`);
  const length = bytes.readInt32BE(at + 1);
  if (length < 4) throw new MalformedMessage(`message length ${length}`);
  if (length > maxMessageBytes) throw new MalformedMessage(`a message of ${length} bytes`, true);
  return length;
}

function checkBody(bytes: Buffer, at: number, end: number): void {
  const type = bytes[at] ?? 0;
  if (type === D && rowEnd(new DataView(bytes.buffer, bytes.byteOffset, end), at) !== end)
    throw new MalformedMessage('a row whose fields do not fill it');
  if (type === T) checkDescription(bytes, at + headerBytes, end);
  if (zeroTerminated.has(type) && bytes[end - 1] !== 0)
    throw new MalformedMessage('a text without its final zero byte');
}

/**
 * Where the DataRow at `at` ends: a count, then for each value its length (-1 is NULL) and its bytes, which must fill the
 * message exactly. 0 where it is not whole, or none. This is what every row costs, hence no calls and no objects.
 */
function rowEnd(bytes: DataView, at: number): number {
  const size = bytes.byteLength;
  if (size - at < headerBytes + 2 || bytes.getUint8(at) !== D) return 0;
  const end = at + 1 + bytes.getInt32(at + 1);
  if (end > size || end - at > maxMessageBytes) return 0;
  let next = at + headerBytes + 2;
  let fields = bytes.getInt16(next - 2);
  if (fields < 0) return 0;
  for (; fields > 0; fields -= 1) {
    if (end - next < 4) return 0;
    const length = bytes.getInt32(next);
    if (length < -1) return 0;
    next += length < 0 ? 4 : 4 + length;
  }
  return next === end ? end : 0;
}

/** Where the CopyData at `at` ends, 0 where it is not whole, or none. */
function copyDataEnd(bytes: DataView, at: number): number {
  if (bytes.byteLength - at < headerBytes || bytes.getUint8(at) !== d) return 0;
  const length = bytes.getInt32(at + 1);
  const end = at + 1 + length;
  return length >= 4 && length <= maxMessageBytes && end <= bytes.byteLength ? end : 0;
}

/** RowDescription: a count, then for each field a name ended by a zero byte and 18 bytes of facts. */
function checkDescription(bytes: Buffer, from: number, end: number): void {
  if (end - from < 2) throw new MalformedMessage('a row description without its field count');
  const count = bytes.readInt16BE(from);
  let at = from + 2;
  for (let field = 0; field < count; field += 1) {
    const nameEnd = bytes.indexOf(0, at);
    if (nameEnd < 0 || nameEnd + 19 > end)
      throw new MalformedMessage('a row description that ends within a field');
    at = nameEnd + 19;
  }
  if (count < 0 || at !== end) throw new MalformedMessage('a row description whose fields do not fill it');
}
