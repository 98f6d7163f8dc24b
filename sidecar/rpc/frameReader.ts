import { maxFrameBytes, maxHeaderBytes } from '#shared/contract/protocol.ts';

const headerEnd = Buffer.from('\r\n\r\n');
const lineStart = Buffer.from('\nContent-Length:');
/** A whole header behind the body of a refused one: no JSON holds a bare line end within a text. */
const header = /Content-Length: \d{1,10}\r\n/;
/** Of what is passed over, this much may be the beginning of a header that is still to come. */
const keptBytes = 40;

export interface FrameHandler {
  frame(body: Buffer): void;
  /** A header that cannot be read; reading goes on at the next line that begins `Content-Length:`. */
  badHeader(reason: string): void;
}

type Mode = { name: 'header' } | { name: 'body'; length: number } | { name: 'skip' };

/**
 * Cuts frames of the Language Server Protocol's base protocol out of a stream, with limits: whatever comes, it neither
 * waits for gigabytes nor loses its way for longer than until the next header.
 */
export class FrameReader {
  #parts: Buffer[] = [];
  #size = 0;
  #mode: Mode = { name: 'header' };
  readonly #handler: FrameHandler;

  constructor(handler: FrameHandler) {
    this.#handler = handler;
  }

  push(chunk: Buffer): void {
    this.#parts.push(chunk);
    this.#size += chunk.length;
    // A long body is joined once it is whole, not at each read.
    if (this.#mode.name === 'body' && this.#size < this.#mode.length) return;
    let bytes = this.#parts.length === 1 ? chunk : Buffer.concat(this.#parts, this.#size);
    for (;;) {
      const rest = this.#step(bytes);
      if (rest === undefined) break;
      bytes = rest;
    }
    this.#keep(bytes);
  }

  #keep(bytes: Buffer): void {
    // While nothing is found, only what may be the beginning of the next header's line needs to stay.
    const kept = this.#mode.name === 'skip' ? bytes.subarray(Math.max(0, bytes.length - keptBytes)) : bytes;
    this.#parts = kept.length > 0 ? [kept] : [];
    this.#size = kept.length;
  }

  /** Takes one thing off the front; undefined when more bytes are needed. */
  #step(bytes: Buffer): Buffer | undefined {
    switch (this.#mode.name) {
      case 'header':
        return this.#header(bytes);
      case 'body':
        return this.#body(bytes, this.#mode.length);
      case 'skip':
        return this.#skip(bytes);
    }
  }

  #header(bytes: Buffer): Buffer | undefined {
    const end = bytes.subarray(0, maxHeaderBytes + headerEnd.length).indexOf(headerEnd);
    if (end < 0)
      return bytes.length > maxHeaderBytes ? this.#bad(bytes, 'a header block over 4 KB') : undefined;
    const length = contentLength(bytes.toString('latin1', 0, end));
    if (typeof length === 'string') return this.#bad(bytes, length);
    this.#mode = { name: 'body', length };
    return bytes.subarray(end + headerEnd.length);
  }

  #body(bytes: Buffer, length: number): Buffer | undefined {
    if (bytes.length < length) return undefined;
    this.#mode = { name: 'header' };
    this.#handler.frame(bytes.subarray(0, length));
    return bytes.subarray(length);
  }

  #bad(bytes: Buffer, reason: string): Buffer {
    this.#handler.badHeader(reason);
    this.#mode = { name: 'skip' };
    // The line that was bad is not tried again.
    const lineEnd = bytes.indexOf('\n');
    return lineEnd < 0 ? bytes.subarray(bytes.length) : bytes.subarray(lineEnd);
  }

  #skip(bytes: Buffer): Buffer | undefined {
    const found = nextHeader(bytes);
    if (found === undefined) return undefined;
    this.#mode = { name: 'header' };
    return bytes.subarray(found);
  }
}

/** Where the next line that begins `Content-Length:` stands, or a header right behind other bytes. */
function nextHeader(bytes: Buffer): number | undefined {
  const line = bytes.indexOf(lineStart);
  // One look at the beginning is enough: what stands further back is found when its turn comes.
  const inside = header.exec(bytes.toString('latin1', 0, line < 0 ? bytes.length : line))?.index;
  return inside ?? (line < 0 ? undefined : line + 1);
}

/** The length, or why there is none. */
function contentLength(header: string): number | string {
  let length: number | undefined;
  for (const line of header.split('\r\n')) {
    const match = /^([!-9;-~]+):[ \t]*(.*?)[ \t]*$/.exec(line);
    if (!match) return 'a header line without a name';
    if (match[1]?.toLowerCase() !== 'content-length') continue;
    if (length !== undefined) return 'two lengths';
    if (!/^\d{1,10}$/.test(match[2] ?? '')) return 'a length that is no decimal number';
    length = Number(match[2]);
  }
  if (length === undefined) return 'no Content-Length';
  return length > maxFrameBytes ? 'a frame over 8 MiB' : length;
}
