import { cutAt } from '../../components/grid/cellText.ts';
import { plainText } from '../../lib/visibleText.ts';
import { clockTime, elapsed } from '../../lib/times.ts';
import type { Result } from '../../stores/runsResult.svelte.ts';
import type { Run } from '../../stores/runsRun.svelte.ts';

export const countWords = (count: number, one: string, many: string): string =>
  `${count.toLocaleString()} ${count === 1 ? one : many}`;

export const rowWords = (count: number): string => countWords(count, 'row', 'rows');

/** `200 rows · 4 ms`, for a result with columns; `UPDATE 3 · 4 ms` for one without; and whether it came to its end. */
export function resultLine(result: Result): string {
  const time = result.elapsedMs === undefined ? '' : ` · ${elapsed(result.elapsedMs)}`;
  const stopped = result.complete && !result.commandTag;
  if (result.hasColumns) return `${rowWords(result.rowCount)}${time}${stopped ? ' · stopped' : ''}`;
  const saved = result.saved ? ` · saved to ${result.saved.path}` : '';
  return `${result.commandTag || (stopped ? 'stopped' : 'running')}${time}${saved}`;
}

/** What of a run's text was left out because it stopped; undefined where nothing was. */
export function skippedWords({ skipped }: Pick<Run, 'skipped'>): string | undefined {
  if (skipped === 0) return undefined;
  if (skipped === 'some') return 'The statements after this one were not run.';
  const one = skipped === 1;
  return `${countWords(skipped, 'statement', 'statements')} after this one ${one ? 'was' : 'were'} not run.`;
}

/** The first words of a statement, on one line. */
export function firstWords(text: string): string {
  const line = plainText(cutAt(text, 400).trim().replace(/\s+/g, ' '));
  const head = cutAt(line, 120);
  return head.length < line.length || text.length > 400 ? `${head}…` : head;
}

/** Why nothing comes at the moment; undefined where nothing hinders. */
export function waitWords(run: Run): string | undefined {
  if (run.state !== 'waiting') return undefined;
  return run.busy === undefined ? 'waiting for its turn' : `waiting for a free connection, ${run.busy} busy`;
}

/** From when on a loss makes what a run gave a thing of the past; undefined while it runs. */
export function endOf({
  active,
  state,
  startedAt,
  endedAt,
}: Pick<Run, 'active' | 'state' | 'startedAt' | 'endedAt'>): number | undefined {
  if (active) return undefined;
  // The loss that ended it came before its end.
  return state === 'lost' ? startedAt : endedAt;
}

/** That rows are from before the link was lost, which the server may not give again. */
export const keptWords = (lossAt: number): string => `kept from before the loss at ${clockTime(lossAt)}`;

/** Rows that a statement gave beside what it changed, as RETURNING does. */
export const hasWritten = ({ commandTag }: Pick<Result, 'commandTag'>): boolean =>
  /^(INSERT|UPDATE|DELETE|MERGE)\b/.test(commandTag ?? '');

/** What a screen reader is told at the end of a run. */
export function endWords(run: Run): string {
  const isKnown = run.error?.outcome !== 'unknown';
  if (run.state === 'cancelled' && isKnown) return 'The run was cancelled.';
  if (run.error) return `The run failed. ${run.error.message}`;
  const [first] = run.results;
  if (!first) return 'The run has ended.';
  if (run.results.length === 1) return resultLine(first);
  return `${countWords(run.results.length, 'statement', 'statements')} have ended. First: ${resultLine(first)}`;
}
