import type { MethodParams, MethodResult, Notification } from '#shared/contract/derive.ts';
import type { Clock } from '../../lib/clock.ts';
import type { ResultRecord } from '../result/resultRecord.ts';
import { exportRows, previewRows, type ExportSource } from './exportResult.ts';

interface ExportsDeps {
  clock: Clock;
  /** Hawser's own, into which nothing is written. */
  dataFolder: string;
  /** Throws RESULT_CLOSED. */
  find: (sessionId: string, resultId: string) => ResultRecord;
  publish: (sessionId: string, notification: Notification) => void;
}

/** Writes results to files. */
export class Exports {
  readonly #deps: ExportsDeps;

  constructor(deps: ExportsDeps) {
    this.#deps = deps;
  }

  /** Rejects with RESULT_CLOSED, FILE_NOT_WRITABLE or the abort; what was in the file's place is there still then. */
  async run(
    sessionId: string,
    params: MethodParams<'query.export'>,
    signal: AbortSignal,
  ): Promise<MethodResult<'query.export'>> {
    const { clock, dataFolder, find, publish } = this.#deps;
    const { exportId, resultId, arrangementId } = params;
    const record = find(sessionId, resultId);
    await Promise.race([record.settled, untilAborted(signal)]);
    const written = await exportRows(rowsOf(record, arrangementId), params, {
      clock,
      dataFolder,
      check: () => {
        signal.throwIfAborted();
        find(sessionId, resultId).rows(arrangementId);
      },
      onProgress: (facts) => {
        if (exportId !== undefined)
          publish(sessionId, { method: 'export.progress', params: { exportId, ...facts } });
      },
    });
    const warnings = [...(record.truncated ? [cutShort(record)] : []), ...written.warnings];
    return { ...written, warnings };
  }

  /** Throws RESULT_CLOSED. */
  async preview(
    sessionId: string,
    params: MethodParams<'query.exportPreview'>,
  ): Promise<MethodResult<'query.exportPreview'>> {
    const record = this.#deps.find(sessionId, params.resultId);
    return { text: await previewRows(rowsOf(record, params.arrangementId), params, params.limit) };
  }
}

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

const cutShort = ({ spool: { rowCount } }: ResultRecord): string =>
  `The result itself was cut short after ${rowCount.toLocaleString('en')} rows, so the file is, too.`;
