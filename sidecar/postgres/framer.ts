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
 * CopyData messages are handed on as they lie in the read, undecoded.
 */
export class Framer {
  #parts: Buffer[] = [];
  #size = 0;
  /** Nothing can be done before this many bytes are there: a long message is joined once, not once a read. */
  #needed = headerBytes;
  readonly #target: FrameTarget;

  constructor(target: FrameTarget) {
    this.#target = target;
  }

  /** Throws MalformedMessage; the stream is of no use afterwards. */
  push(chunk: Buffer): void {
    this.#parts.push(chunk);
    this.#size += chunk.length;
    if (this.#size < this.#needed) return;
    const bytes = this.#parts.length === 1 ? chunk : Buffer.concat(this.#parts, this.#size);
    const end = this.#cut(bytes);
    this.#parts = end === bytes.length ? [] : [bytes.subarray(end)];
    this.#size = bytes.length - end;
  }

  #cut(bytes: Buffer): number {
    let at = 0;
    let runFrom = 0;
    let runCount = 0;
    let runType = D;
    const endRun = (to: number) => {
      if (runCount === 0) return;
      const run = bytes.subarray(runFrom, to);
      if (runType === D) this.#target.rows(run, runCount);
      else this.#target.copyData(run, runCount);
      runCount = 0;
    };
    this.#needed = headerBytes;
    while (bytes.length - at >= headerBytes) {
      const length = 1 + checkedLength(bytes, at);
      if (bytes.length - at < length) {
        this.#needed = length;
        break;
      }
      const type = bytes[at] ?? 0;
      checkBody(bytes, at, at + length);
      if (runCount > 0 && type !== runType) endRun(at);
      if (this.#isWanted(type)) {
        if (runCount === 0) runFrom = at;
        runType = type;
        runCount += 1;
      } else {
        endRun(at);
        this.#target.message(bytes.subarray(at, at + length));
      }
      at += length;
    }
    endRun(at);
    return at;
  }

  #isWanted(type: number): boolean {
    return (type === D && this.#target.wantsRows()) || (type === d && this.#target.wantsCopyData());
  }
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
  if (type === D) checkRow(bytes, at + headerBytes, end);
  else if (type === T) checkDescription(bytes, at + headerBytes, end);
  else if (zeroTerminated.has(type) && bytes[end - 1] !== 0)
    throw new MalformedMessage('a text without its final zero byte');
}

/** DataRow: a count, then for each value its length (-1 is NULL) and its bytes, which must fill the message exactly. */
function checkRow(bytes: Buffer, from: number, end: number): void {
  if (end - from < 2) throw new MalformedMessage('a row without its field count');
  const count = bytes.readInt16BE(from);
  let at = from + 2;
  for (let field = 0; field < count; field += 1) {
    if (end - at < 4) throw new MalformedMessage('a row that ends within a field');
    const length = bytes.readInt32BE(at);
    if (length < -1) throw new MalformedMessage(`a value of length ${length}`);
    at += 4 + Math.max(length, 0);
  }
  if (count < 0 || at !== end) throw new MalformedMessage('a row whose fields do not fill it');
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
