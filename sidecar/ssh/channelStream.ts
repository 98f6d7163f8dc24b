import { Duplex } from 'node:stream';
import type { Channel } from 'ssh2';

/**
 * A channel of ssh2 as a stream that ends as a socket does: destroyed at once and for certain, also where nobody answers
 * at the other end, and closed when the other side has closed it.
 */
export class ChannelStream extends Duplex {
  readonly #channel: Channel;
  #ended = false;
  /** As a socket counts. */
  bytesRead = 0;

  constructor(channel: Channel) {
    super({ allowHalfOpen: false });
    this.#channel = channel;
    channel.on('data', (chunk: Buffer) => {
      if (this.destroyed) return;
      this.bytesRead += chunk.length;
      if (!this.push(chunk)) channel.pause();
    });
    channel.on('end', () => this.#over());
    channel.on('close', () => this.#over());
    channel.on('error', (error: Error) => this.destroy(error));
  }

  override _read(): void {
    this.#channel.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#channel.write(chunk, callback);
  }

  override _final(callback: () => void): void {
    this.#channel.end();
    callback();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#channel.destroy();
    // What still comes is let go, or the channel would never end.
    this.#channel.resume();
    callback(error);
  }

  /** pg's pool does this to sockets; here it is the tunnel's that keeps the process alive. */
  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  #over(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.push(null);
  }
}
