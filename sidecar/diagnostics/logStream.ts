import type { Writable } from 'node:stream';

/** What may wait for the reader of stderr, which is the host. One that stopped reading costs lines, not memory or time. */
const maxWaitingBytes = 4 * 1024 * 1024;
/** A reader that is there takes a full buffer within milliseconds; one that is not must not keep the process. */
const flushDeadlineMs = 500;

/**
 * Lines to stderr through Node's own stream, which does not block on a pipe. (The logger's own file writer does not fit:
 * when the reader was gone its flush at the end of the process was seen to try for ever, and a write in Node's thread
 * pool that nobody reads keeps the process from ending.)
 *
 * No child may inherit stderr: whether writing to it blocks is a property that all who hold it share, and a child was
 * seen to change it.
 */
export class LogStream {
  readonly #stream: Writable;
  #left = 0;
  #gone = false;

  constructor(stream: Writable = process.stderr) {
    this.#stream = stream;
    // Without a listener a reader that is gone would end the process by an uncaught EPIPE.
    stream.on('error', () => (this.#gone = true));
  }

  write(line: string): void {
    if (this.#gone) return;
    if (this.#stream.writableLength > maxWaitingBytes) {
      this.#left++;
      return;
    }
    if (this.#left > 0) this.#stream.write(this.#leftOut());
    this.#stream.write(line);
  }

  /** Calls back when the system has all lines, when the reader is gone, or after half a second. */
  flush(done: () => void): void {
    if (this.#gone || this.#stream.writableLength === 0) return done();
    const finish = () => {
      clearTimeout(timer);
      this.#stream.off('drain', finish).off('error', finish);
      done();
    };
    const timer = setTimeout(finish, flushDeadlineMs);
    this.#stream.on('drain', finish).on('error', finish);
  }

  #leftOut(): string {
    const msg = `${this.#left} lines were left out, because nobody read them in time.`;
    this.#left = 0;
    return `${JSON.stringify({ level: 'warn', time: Date.now(), pid: process.pid, msg })}\n`;
  }
}
