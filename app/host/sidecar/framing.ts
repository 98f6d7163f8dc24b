import { maxFrameBytes, maxHeaderBytes } from '#shared/contract/protocol.ts';

/** One message in the base protocol of the Language Server Protocol. */
export function encodeFrame(text: string): Buffer {
  const head = `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n`;
  return Buffer.from(head + text);
}

export interface FrameListener {
  frame(body: Buffer): void;
  /** A message over the limit was passed over; `head` is how it began, enough to tell whose it was. */
  oversize(head: Buffer): void;
}

const headerEnd = Buffer.from('\r\n\r\n');
const oversizeHeadBytes = 256;
/** No sidecar of ours writes more; a larger number is a broken stream, and passing over it would take for ever. */
const maxSkippedBytes = 1024 * 1024 * 1024;

/** A body being filled: the buffer holds what is kept of it, `left` counts what is still to come. */
interface Body {
  kept: Buffer;
  filled: number;
  left: number;
  oversize: boolean;
}

/** Cuts the sidecar's stdout into messages. Throws where the stream can no longer be understood. */
export class FrameDecoder {
  readonly #listener: FrameListener;
  #head: Buffer = Buffer.alloc(0);
  #body: Body | undefined;

  constructor(listener: FrameListener) {
    this.#listener = listener;
  }

  push(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0) rest = this.#body ? this.#fill(this.#body, rest) : this.#readHeader(rest);
  }

  #readHeader(chunk: Buffer): Buffer {
    const seen = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk]);
    const end = seen.indexOf(headerEnd);
    if (end > maxHeaderBytes || (end < 0 && seen.length > maxHeaderBytes)) {
      throw new Error('The header of a message is too long.');
    }
    if (end < 0) {
      this.#head = Buffer.from(seen);
      return Buffer.alloc(0);
    }
    this.#head = Buffer.alloc(0);
    this.#open(contentLength(seen.subarray(0, end).toString('latin1')));
    return seen.subarray(end + headerEnd.length);
  }

  #open(length: number): void {
    const oversize = length > maxFrameBytes;
    const kept = Buffer.allocUnsafe(oversize ? oversizeHeadBytes : length);
    const body = { kept, filled: 0, left: length, oversize };
    if (length === 0) this.#finish(body);
    else this.#body = body;
  }

  #fill(body: Body, chunk: Buffer): Buffer {
    const part = chunk.subarray(0, body.left);
    body.filled += part.copy(body.kept, body.filled);
    body.left -= part.length;
    if (body.left === 0) this.#finish(body);
    return chunk.subarray(part.length);
  }

  #finish({ kept, oversize }: Body): void {
    this.#body = undefined;
    if (oversize) this.#listener.oversize(kept);
    else this.#listener.frame(kept);
  }
}

function contentLength(header: string): number {
  const found = /^content-length: *(\d{1,10}) *$/im.exec(header)?.[1];
  const length = Number(found);
  if (found === undefined || length > maxSkippedBytes)
    throw new Error('A message came without a usable length.');
  return length;
}
