import type { MethodParams, MethodResult, Notification } from '#shared/contract/derive.ts';
import { AppError } from '#shared/error/appError.ts';
import type { Clock } from '../../lib/clock.ts';
import { resultClosed } from '../result/resultClosed.ts';
import type { ResultRecord } from '../result/resultRecord.ts';
import { exportRows, previewRows, type ExportSource } from './exportResult.ts';
import { writeValue } from './valueFile.ts';

interface ExportsDeps {
  clock: Clock;
  /** Hawser's own, into which nothing is written. */
  dataFolder: string;
  /** Throws RESULT_CLOSED. */
  find: (sessionId: string, resultId: string) => ResultRecord;
  publish: (sessionId: string, notification: Notification) => void;
}

interface UnderWay {
  sessionId: string;
  abort: AbortController;
  ended: Promise<unknown>;
}

/** Writes results to files. */
export class Exports {
  readonly #underWay = new Set<UnderWay>();
  readonly #deps: ExportsDeps;

  constructor(deps: ExportsDeps) {
    this.#deps = deps;
  }

  /**
   * Goes on with the rows as they are now, also where the result is closed or arranged anew meanwhile. Rejects with
   * RESULT_CLOSED, FILE_NOT_WRITABLE or the abort; what was in the file's place is there still then.
   */
  async run(
    sessionId: string,
    params: MethodParams<'query.export'>,
    signal: AbortSignal,
  ): Promise<MethodResult<'query.export'>> {
    const record = this.#deps.find(sessionId, params.resultId);
    const source = rowsOf(record, params.arrangementId);
    return this.#hold(sessionId, record, (stopped) =>
      this.#write(sessionId, { record, source, params }, AbortSignal.any([signal, stopped])),
    );
  }

  /** One value. Rejects as `run` does, and with NOT_FOUND. */
  async saveValue(
    sessionId: string,
    { resultId, arrangementId, row, column, path }: MethodParams<'query.saveValue'>,
    signal: AbortSignal,
  ): Promise<MethodResult<'query.saveValue'>> {
    const { dataFolder, find } = this.#deps;
    const record = find(sessionId, resultId);
    const rows = record.rows(arrangementId);
    const isBytea = record.columns[column]?.typeOid === byteaOid;
    return this.#hold(sessionId, record, (stopped) =>
      writeValue(
        rows,
        { row, column, isBytea },
        { path, dataFolder, signal: AbortSignal.any([signal, stopped]) },
      ),
    );
  }

  /** The rows stay until the work on them has ended, and `stop` ends it. */
  async #hold<T>(
    sessionId: string,
    record: ResultRecord,
    work: (stopped: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const abort = new AbortController();
    const letGo = record.hold();
    const ended = work(abort.signal);
    const underWay = { sessionId, abort, ended: ended.catch(() => {}) };
    this.#underWay.add(underWay);
    try {
      return await ended;
    } finally {
      letGo();
      this.#underWay.delete(underWay);
    }
  }

  isActive(sessionId: string): boolean {
    return [...this.#underWay].some((each) => each.sessionId === sessionId);
  }

  /** Stops those of a session, or all, and resolves once nothing is left of their files. */
  async stop(sessionId?: string): Promise<void> {
    const stopped = [...this.#underWay].filter((each) => (sessionId ?? each.sessionId) === each.sessionId);
    for (const { abort } of stopped) abort.abort(new AppError('CANCELLED', 'The export was stopped.'));
    await Promise.all(stopped.map(({ ended }) => ended));
  }

  /** Throws RESULT_CLOSED. */
  async preview(
    sessionId: string,
    params: MethodParams<'query.exportPreview'>,
  ): Promise<MethodResult<'query.exportPreview'>> {
    const record = this.#deps.find(sessionId, params.resultId);
    const text = await previewRows(rowsOf(record, params.arrangementId), params, params.limit);
    if (record.closed) throw resultClosed();
    return { text };
  }

  async #write(
    sessionId: string,
    { record, source, params }: { record: ResultRecord; source: ExportSource; params: Params },
    signal: AbortSignal,
  ): Promise<MethodResult<'query.export'>> {
    const { clock, dataFolder, publish } = this.#deps;
    const { exportId } = params;
    const wasComplete = record.complete;
    await Promise.race([record.settled, untilAborted(signal)]);
    signal.throwIfAborted();
    if (!record.complete) throw resultClosed();
    const shortfall = shortfallOf(record);
    // Who asked while the rows still came wants all of them, not a file of some in the place of an older one.
    if (!wasComplete && shortfall !== undefined) throw incomplete(shortfall);
    const written = await exportRows(source, params, {
      clock,
      dataFolder,
      check: () => signal.throwIfAborted(),
      onProgress: (facts) => {
        if (exportId !== undefined)
          publish(sessionId, { method: 'export.progress', params: { exportId, ...facts } });
      },
    });
    return {
      ...written,
      warnings: [
        ...(shortfall === undefined ? [] : [`${shortfall}, and so does the file.`]),
        ...written.warnings,
      ],
    };
  }
}

type Params = MethodParams<'query.export'>;

const byteaOid = 17;

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

const bytesPerRead = 256 * 1024;
/** Rows that lie scattered are read the more often the fewer are asked for at once. */
const arrangedBytesPerRead = 16 * 1024 * 1024;

/** As they came, or as they were arranged. */
function rowsOf(record: ResultRecord, arrangementId: string | undefined): ExportSource {
  const rows = record.rows(arrangementId);
  return {
    columns: record.columns,
    bytesPerRead: arrangementId === undefined ? bytesPerRead : arrangedBytesPerRead,
    get rowCount() {
      return rows.rowCount;
    },
    slice: (row, limit, maxBytes) => rows.slice(row, limit, maxBytes),
  };
}

/** Why the result holds fewer rows than the statement has. */
function shortfallOf({ spool: { rowCount }, truncated, end }: ResultRecord): string | undefined {
  const rows = `${rowCount.toLocaleString('en')} ${rowCount === 1 ? 'row' : 'rows'}`;
  if (truncated) return `The result is larger than what is kept of one and ends after ${rows}`;
  if (end?.commandTag !== '') return undefined;
  return `The statement was stopped before all its rows had come: the result ends after ${rows}`;
}

const incomplete = (shortfall: string): AppError =>
  new AppError('QUERY_FAILED', `${shortfall}, so nothing was written.`, {
    reason: 'incomplete',
    hint: 'Export it again to write the rows that there are, or export straight from the server.',
  });
