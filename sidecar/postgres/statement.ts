import type { Connection, Submittable } from 'pg';
import type { Notice } from '#shared/query/result.ts';
import { CopyFeed } from './copyFeed.ts';
import type { NoticeMessage, RowDescriptionMessage } from './pgInside.ts';
import { RawConnection } from './rawConnection.ts';
import { clipped } from './serverErrors.ts';

export interface FieldDescription {
  name: string;
  typeOid: number;
  tableOid: number;
  columnNumber: number;
}

/** Where a statement's answer goes while it comes. */
export interface StatementSink {
  /** A result with rows begins. */
  columns(fields: FieldDescription[]): void;
  /** Whole DataRow messages, back to back, as they came in one read. What is kept must be copied. */
  rows(bytes: Buffer, count: number): void;
  /** A result ends; the tag is the server's, empty for an empty statement. */
  ended(commandTag: string): void;
  notice(notice: Notice): void;
  /** COPY TO STDOUT begins to answer. A sink without this refuses it. */
  copyOut?(columnCount: number): void;
  /** Whole CopyData messages, back to back, as `rows` takes DataRow. The server puts one line or tuple in each. */
  copyData?(bytes: Buffer, count: number): void;
  /** COPY FROM STDIN asks for its data; undefined refuses it. */
  copyIn?(): AsyncIterable<Buffer> | undefined;
}

/** Words by which the refusal of a COPY is known again when the server sends it back. */
export const copyRefusal = 'Hawser has no file for this COPY';

/** One statement on its way through pg's queue: simple protocol, rows as bytes. The backend settles it. */
export class RawStatement implements Submittable {
  readonly text: string;
  readonly sink: StatementSink;
  /** The first error that the server or the link gave. */
  error: unknown;
  copy: 'in' | 'out' | undefined;
  /** What it sends, where it is a COPY FROM STDIN that the sink has data for. */
  feed: CopyFeed | undefined;
  /** Our own commands before it, in the same message; they end with the transaction that all of it makes. */
  readonly #before: readonly string[];
  /** How many of them are still to be answered. */
  #unanswered: number;

  constructor(text: string, sink: StatementSink, before: readonly string[] = []) {
    this.text = text;
    this.sink = sink;
    this.#before = before;
    this.#unanswered = before.length;
  }

  get #prefix(): string {
    return this.#before.map((command) => `${command}; `).join('');
  }

  submit(connection: Connection): void {
    this.takeBytes(connection);
    connection.query(this.#prefix + this.text);
  }

  /** From here on what the server gives in bulk goes to the sink as it comes. */
  protected takeBytes(connection: Connection): void {
    if (!(connection instanceof RawConnection)) return;
    const { sink } = this;
    connection.rowSink = (bytes, count) => sink.rows(bytes, count);
    if (sink.copyData) connection.copySink = (bytes, count) => sink.copyData?.(bytes, count);
  }

  handleRowDescription({ fields }: RowDescriptionMessage): void {
    this.sink.columns(
      fields.map((field) => ({
        name: field.name,
        typeOid: field.dataTypeID,
        tableOid: field.tableID,
        columnNumber: field.columnID,
      })),
    );
  }

  handleCommandComplete({ text }: { text: string }): void {
    if (this.#unanswered > 0) this.#unanswered -= 1;
    else this.sink.ended(text);
  }

  handleEmptyQuery(): void {
    this.sink.ended('');
  }

  handleError(error: unknown): void {
    this.error ??= error;
  }

  /** Where in the statement's own text its error stands, in UTF-16 code units from 0. */
  get errorPosition(): number | undefined {
    const { position } = (this.error ?? {}) as { position?: string };
    const prefix = this.#prefix;
    const at = utf16Position(prefix + this.text, position);
    return at === undefined || at < prefix.length ? undefined : at - prefix.length;
  }

  /** Unanswered, the server would wait for data for ever. */
  handleCopyInResponse(connection: Connection): void {
    const source = this.sink.copyIn?.();
    if (source) {
      this.feed = new CopyFeed(connection);
      void this.feed.send(source);
    } else this.refuseCopyIn(connection);
  }

  protected refuseCopyIn(connection: Connection): void {
    this.copy = 'in';
    connection.sendCopyFail(copyRefusal);
  }

  /** Data of a COPY that is being stopped: the backend cancels it, and the user is told. */
  handleCopyData(): void {
    this.copy = 'out';
  }

  // pg calls these on every query; a statement of the simple protocol has nothing to do in them.
  handleDataRow(): void {}
  handlePortalSuspended(): void {}
  handleReadyForQuery(): void {}
}

export const toNotice = (message: NoticeMessage): Notice => ({
  severity: message.severity ?? 'NOTICE',
  message: clipped(message.message ?? ''),
  ...(message.code === undefined ? {} : { sqlstate: message.code }),
  ...(message.detail === undefined ? {} : { detail: clipped(message.detail) }),
  ...(message.hint === undefined ? {} : { hint: clipped(message.hint) }),
});

/** The server counts characters from 1; an editor counts UTF-16 code units from 0. */
function utf16Position(text: string, position: string | undefined): number | undefined {
  if (position === undefined) return undefined;
  let units = 0;
  let left = Number(position) - 1;
  for (const character of text) {
    if (left <= 0) break;
    units += character.length;
    left -= 1;
  }
  return units;
}
