import type { Connection } from 'pg';
import { RawStatement } from './statement.ts';

/**
 * The same by the extended protocol: the server takes exactly one statement, and refuses a text that holds a second one
 * before it runs the first. Nothing is prepared by a name, and rows come as text, as by the simple protocol.
 */
export class ExtendedStatement extends RawStatement {
  override submit(connection: Connection): void {
    this.takeBytes(connection);
    const { stream } = connection;
    // The five messages go in one write. The Sync at the end is heeded after an error, too.
    stream.cork();
    try {
      connection.parse({ name: '', text: this.text, types: [] }, true);
      connection.bind({ portal: '', statement: '', values: [] }, true);
      connection.describe({ type: 'P', name: '' }, true);
      connection.execute({}, true);
      connection.sync();
    } finally {
      stream.uncork();
    }
  }

  /** Nothing is copied in where one may only read. The server drops a Sync that comes while it waits, so another follows. */
  override handleCopyInResponse(connection: Connection): void {
    this.refuseCopyIn(connection);
    connection.sync();
  }
}
