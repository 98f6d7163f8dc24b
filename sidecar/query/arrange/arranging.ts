import type { MethodParams, MethodResult } from '#shared/contract/derive.ts';
import { AppError } from '#shared/error/appError.ts';
import type { Clock } from '../../lib/clock.ts';
import { resultClosed } from '../result/resultClosed.ts';
import type { ResultRecord } from '../result/resultRecord.ts';
import type { Run } from '../run.ts';
import { Throttle } from '../throttle.ts';
import { arrange, type ArrangeProgress } from './arrange.ts';
import { findCells } from './find.ts';

export interface ArrangingDeps {
  clock: Clock;
  /** Of the result: what tells how far it is. */
  run: Pick<Run, 'id' | 'publish'>;
  signal: AbortSignal;
}

/** Gives a result a new arrangement in place of the one it has, or takes that away. */
export async function arrangeResult(
  record: ResultRecord,
  { resultId, sort, filter }: MethodParams<'query.arrange'>,
  { run, clock, signal }: ArrangingDeps,
): Promise<MethodResult<'query.arrange'>> {
  for (const { column } of [...sort, ...filter]) requireColumn(record, column);
  if (sort.length === 0 && filter.length === 0) {
    record.arrangement = undefined;
    return { arrangementId: null };
  }
  const { complete } = record;
  let progress: ArrangeProgress | undefined;
  const throttle = new Throttle(clock, () => {
    if (progress)
      run.publish({ method: 'query.arranging', params: { runId: run.id, resultId, ...progress } });
  });
  const tell = (latest: ArrangeProgress): void => {
    progress = latest;
    throttle.soon();
  };
  try {
    const arranged = await arrange(record, { sort, filter }, { signal, tell });
    if (record.closed) throw resultClosed();
    if ('tooLarge' in arranged) return arranged;
    const { arrangement, totalRows, orders } = arranged;
    record.arrangement = arrangement;
    return { arrangementId: arrangement.id, rowCount: arrangement.rowCount, totalRows, complete, orders };
  } finally {
    throttle.stop();
  }
}

export async function findInResult(
  record: ResultRecord,
  { arrangementId, ...request }: MethodParams<'query.find'>,
  signal: AbortSignal,
): Promise<MethodResult<'query.find'>> {
  if (arrangementId !== undefined) record.rows(arrangementId);
  const { columns, spool, complete, arrangement } = record;
  const shown = arrangementId === undefined ? undefined : arrangement;
  const { matches, next } = await findCells({ columns, spool, arrangement: shown }, request, signal);
  if (record.closed) throw resultClosed();
  return { matches, next, totalRows: spool.rowCount, complete };
}

function requireColumn({ columns }: ResultRecord, column: number): void {
  if (column >= columns.length) throw new AppError('NOT_FOUND', 'This result has no such column.');
}
