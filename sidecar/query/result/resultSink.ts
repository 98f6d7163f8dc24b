import type { Column, Notice, StatementRef } from '#shared/query/result.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Backend } from '../../postgres/backend.ts';
import type { FieldDescription, StatementSink } from '../../postgres/statement.ts';
import { CopyRows } from '../copy/copyRows.ts';
import { wholeLines, type CopyShape } from '../copy/copyShape.ts';
import type { CopySource } from '../copy/copySource.ts';
import type { FileOutput } from '../exporting/fileOutput.ts';
import { PageCutter, type Page } from './pages.ts';
import { ResultRecord } from './resultRecord.ts';
import type { Run } from '../run.ts';
import type { Spool } from '../spool/spool.ts';
import { Throttle } from '../throttle.ts';

/** What a result shows at once, without being asked. */
export const maxFirstRows = 200;

export interface ResultSinkOptions {
  run: Run;
  statement: StatementRef;
  backend: Pick<Backend, 'pause' | 'resume'>;
  clock: Clock;
  openSpool: () => Spool;
  typeName: (oid: number) => string;
  /** Where all of it goes in the place of a spool. */
  output?: FileOutput | undefined;
  /** How the lines of a COPY TO STDOUT become rows. */
  copyShape?: CopyShape | undefined;
  /** What a COPY FROM STDIN reads. */
  copySource?: CopySource | undefined;
  /** Called once: the rows no longer fit, and the statement is to be stopped. */
  onFull: (spool: Spool) => void;
}

/**
 * Takes the answer to one statement as it comes: rows go into the spool as bytes, and only the first of them are decoded.
 * A statement has one result; one whose rules or quoting make several of it has several.
 */
export class ResultSink implements StatementSink {
  lastTag = '';
  lastRecord: ResultRecord | undefined;
  #record: ResultRecord | undefined;
  #copyRows: CopyRows | undefined;
  #told = false;
  /** Has the server ended a result of this statement? */
  #hadEnd = false;
  /** Reads from the socket that the spool has not taken in yet. */
  #pending = 0;
  readonly #options: ResultSinkOptions;
  readonly #beganAt: number;
  readonly #progress: Throttle;

  constructor(options: ResultSinkOptions) {
    this.#options = options;
    this.#beganAt = options.clock.monotonic();
    this.#progress = new Throttle(options.clock, () => this.#tellProgress());
  }

  columns(fields: FieldDescription[]): void {
    if (this.#record) this.#end(this.#record, '');
    this.#open(fields.map((field) => toColumn(field, this.#options.typeName)));
  }

  rows(bytes: Buffer, count: number): void {
    const record = this.#record;
    if (!record || record.truncated) return;
    const taken = record.spool.append(bytes, count);
    const { output } = this.#options;
    if (!this.#told && !output) this.#tellStart(record, firstPage(bytes, record.spool.rowCount));
    this.#taken(record, taken);
  }

  copyOut(columnCount: number): void {
    const { output, copyShape = wholeLines } = this.#options;
    if (output) this.#open([]);
    else this.#copyRows = new CopyRows(copyShape, columnCount, this);
  }

  copyData(bytes: Buffer, count: number): void {
    const { output } = this.#options;
    if (output && this.#record) this.#taken(this.#record, output.appendCopy(bytes, count));
    else this.#copyRows?.take(bytes, count);
  }

  copyIn(): AsyncIterable<Buffer> | undefined {
    const { copySource } = this.#options;
    if (!copySource) return undefined;
    this.#tellStart(this.#open([]));
    return copySource.chunks(() => this.#progress.soon());
  }

  /** The end of what goes into a file is told once the file is whole: by `stop`. */
  ended(commandTag: string): void {
    this.lastTag = commandTag;
    const record = this.#record ?? this.#open([]);
    if (!this.#options.output) this.#end(record, commandTag);
  }

  notice(notice: Notice): void {
    const { run, statement } = this.#options;
    run.notices.add({ ...notice, statement });
  }

  /** The statement is over: a result that is still open was cut short, and one that failed at once has an empty one. */
  stop(): void {
    const { output } = this.#options;
    if (this.#record) this.#end(this.#record, output && !output.problem ? this.lastTag : '');
    else if (!this.#hadEnd) this.#end(this.#open([]), '');
  }

  #open(columns: Column[]): ResultRecord {
    const { statement, output, openSpool } = this.#options;
    this.#told = false;
    // What went into a file has no columns to be shown.
    this.#record = new ResultRecord(statement, output ? [] : columns, output ?? openSpool());
    if (output && columns.length > 0) output.begin(columns);
    if (output) this.#tellStart(this.#record);
    return this.#record;
  }

  #taken(record: ResultRecord, taken: Promise<void> | undefined): void {
    if (taken) this.#pauseUntil(taken);
    this.#progress.soon();
    if (record.spool.full) this.#options.onFull(record.spool);
  }

  #end(record: ResultRecord, commandTag: string): void {
    const { run } = this.#options;
    if (!this.#told) this.#tellStart(record);
    this.#progress.stop();
    this.#hadEnd = true;
    const saved = commandTag === '' ? undefined : this.#options.output?.saved;
    const end = { commandTag, elapsedMs: this.#elapsedMs(), ...(saved ? { saved } : {}) };
    record.ended(end);
    this.lastRecord = record;
    this.#record = undefined;
    run.publish({
      method: 'query.resultEnded',
      params: {
        runId: run.id,
        resultId: record.id,
        ...end,
        rowCount: record.spool.rowCount,
        ...(record.truncated ? { truncated: true } : {}),
      },
    });
  }

  #tellStart(record: ResultRecord, { rows, cut }: Page = { rows: [], cut: [] }): void {
    const { run } = this.#options;
    this.#told = true;
    run.results.set(record.id, record);
    run.publish({
      method: 'query.resultStarted',
      params: {
        runId: run.id,
        resultId: record.id,
        statement: record.statement,
        columns: record.columns,
        firstRows: rows,
        ...(cut.length > 0 ? { cut } : {}),
      },
    });
  }

  #tellProgress(): void {
    const { run } = this.#options;
    if (!this.#record) return;
    const { id: resultId, spool } = this.#record;
    const { copySource } = this.#options;
    const { rowCount, bytes } = spool;
    const facts = copySource
      ? { rowCount: copySource.lines, bytes: copySource.sentBytes, totalBytes: copySource.totalBytes }
      : { rowCount, bytes };
    run.publish({
      method: 'query.progress',
      params: { runId: run.id, resultId, ...facts, elapsedMs: this.#elapsedMs() },
    });
  }

  #pauseUntil(taken: Promise<void>): void {
    this.#pending += 1;
    this.#options.backend.pause();
    const resume = () => {
      this.#pending -= 1;
      if (this.#pending === 0) this.#options.backend.resume();
    };
    taken.then(resume, resume);
  }

  #elapsedMs(): number {
    return Math.round((this.#options.clock.monotonic() - this.#beganAt) * 100) / 100;
  }
}

/** None where the spool had no room for a single one. */
function firstPage(bytes: Buffer, kept: number): Page {
  const cutter = new PageCutter(0, maxFirstRows);
  if (kept > 0) cutter.add(bytes);
  return cutter.page;
}

function toColumn(field: FieldDescription, typeName: (oid: number) => string): Column {
  const { name, typeOid, tableOid, columnNumber } = field;
  return {
    name,
    typeOid,
    typeName: typeName(typeOid),
    ...(tableOid === 0 ? {} : { tableOid }),
    ...(columnNumber === 0 ? {} : { columnNumber }),
  };
}
