import type { Notice, StatementRef } from '#shared/query/result.ts';
import type { Result } from '../../stores/runsResult.svelte.ts';
import type { Run } from '../../stores/runsRun.svelte.ts';
import { countWords } from './resultWords.ts';

export type LoggedResult = Pick<
  Result,
  'id' | 'statement' | 'hasColumns' | 'rowCount' | 'commandTag' | 'elapsedMs'
>;

/** What one statement of a run gave, and what the server said meanwhile. */
export interface LogEntry {
  readonly statement: StatementRef;
  readonly results: readonly LoggedResult[];
  readonly notices: readonly Notice[];
  /** What it failed with: the run's own error, or one after which it went on. */
  readonly error?: { readonly message: string; readonly hint?: string; readonly position?: number };
}

export interface ScriptLog {
  /** In order; those that failed first where there are many. */
  readonly entries: readonly LogEntry[];
  /** What belongs to no statement. */
  readonly others: readonly Notice[];
  readonly failed: number;
}

type LoggedRun = Pick<Run, 'notices' | 'error' | 'failedStatement'> & {
  readonly results: readonly LoggedResult[];
};

/** So many statements stand in their order and can be looked over; of more, those that failed come first. */
const lookedOver = 12;

export function scriptLog({ results, notices, error, failedStatement }: LoggedRun): ScriptLog {
  const entries = new Map<number, LogEntry>();
  const add = (statement: StatementRef, change: (entry: LogEntry) => Partial<LogEntry>) => {
    const entry = entries.get(statement.index) ?? { statement, results: [], notices: [] };
    entries.set(statement.index, { ...entry, ...change(entry) });
  };
  for (const result of results) add(result.statement, (entry) => ({ results: [...entry.results, result] }));
  for (const notice of notices) {
    if (!notice.statement) continue;
    if (notice.severity === 'ERROR') add(notice.statement, () => ({ error: notice }));
    else add(notice.statement, (entry) => ({ notices: [...entry.notices, notice] }));
  }
  if (error && failedStatement) add(failedStatement, () => ({ error }));
  const inOrder = [...entries.values()].sort((one, other) => one.statement.index - other.statement.index);
  const failed = inOrder.filter((entry) => entry.error);
  const errorsFirst = inOrder.length > lookedOver && failed.length > 0;
  return {
    entries: errorsFirst ? [...failed, ...inOrder.filter((entry) => !entry.error)] : inOrder,
    others: notices.filter(({ statement }) => !statement),
    failed: failed.length,
  };
}

/** `300 statements: 297 done, 3 failed · 12,000 rows`; undefined where a look tells as much. */
export function logSummary({ entries, failed }: ScriptLog): string | undefined {
  if (entries.length < 2) return undefined;
  const rows = entries.flatMap(({ results }) => results).filter(({ hasColumns }) => hasColumns);
  const total = rows.reduce((sum, { rowCount }) => sum + rowCount, 0);
  const parts = [
    countWords(entries.length, 'statement', 'statements'),
    ...(failed > 0 ? [`${failed.toLocaleString()} failed`] : []),
    ...(rows.length > 0 ? [countWords(total, 'row', 'rows')] : []),
  ];
  return parts.join(' · ');
}
