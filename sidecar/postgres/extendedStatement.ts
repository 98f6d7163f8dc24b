import type { Connection } from 'pg';
import { RawConnection } from './rawConnection.ts';
import { copyRefusal, RawStatement } from './statement.ts';

/**
 * The same by the extended protocol: the server takes exactly one statement, and refuses a text that holds a second one
 * before it runs the first. Nothing is prepared by a name, and rows come as text, as by the simple protocol.
 */
export class ExtendedStatement extends RawStatement {
  override submit(connection: Connection): void {
    if (connection instanceof RawConnection)
      connection.rowSink = (bytes, count) => this.sink.rows(bytes, count);
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

  /** The server drops a Sync that comes while it waits for data, so another one follows. */
  override handleCopyInResponse(connection: Connection): void {
    this.copy = 'in';
    connection.sendCopyFail(copyRefusal);
    connection.sync();
  }
}
