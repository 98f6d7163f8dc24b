import { once } from 'node:events';
import type { Connection } from 'pg';
import './pgInside.ts';

/** Sends the data of one COPY FROM STDIN, no faster than the socket takes it. */
export class CopyFeed {
  /** Why the data could not be had; the server has been told to copy nothing then. */
  failure: unknown;
  #complete = false;
  readonly #connection: Connection;
  readonly #over = new AbortController();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Has the server been told that it has all? Until then it cannot have copied anything. */
  get complete(): boolean {
    return this.#complete;
  }

  /** Sends all of it and says that it is all. Never rejects. */
  async send(source: AsyncIterable<Buffer>): Promise<void> {
    const connection = this.#connection;
    const { signal } = this.#over;
    try {
      for await (const chunk of source) {
        if (signal.aborted) return;
        connection.sendCopyFromChunk(chunk);
        if (connection.stream.writableNeedDrain) await once(connection.stream, 'drain', { signal });
      }
      if (signal.aborted) return;
      this.end();
      this.#complete = true;
      connection.endCopyFrom();
    } catch (error) {
      if (signal.aborted) return;
      this.failure = error;
      this.#fail('the data could not be read');
    }
  }

  /** Nothing more is sent, and the server copies nothing. Idempotent. */
  stop(): void {
    if (!this.#over.signal.aborted) this.#fail('cancelled');
  }

  /** The server has answered, maybe before all was sent: what would come now would belong to the next statement. */
  end(): void {
    this.#over.abort();
  }

  #fail(why: string): void {
    this.#over.abort();
    this.#connection.sendCopyFail(why);
  }
}
