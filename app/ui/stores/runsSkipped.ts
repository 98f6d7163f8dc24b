import type { Rpc } from '../lib/rpc/rpc.ts';
import type { Run } from './runsRun.svelte.ts';

/** Longer texts are not sent a second time only to be counted. */
const maxLength = 1_000_000;
/** The text was split once already when it was run; later than that nobody waits for the number. */
const splitMs = 10_000;

/** Finds out how many statements of a run's text an error or a cancel left out. Never rejects. */
export async function countSkipped(rpc: Rpc, run: Run): Promise<void> {
  const { origin, stoppedAt } = run;
  if (!origin || !stoppedAt || !/[^\s;]/.test(origin.text.slice(stoppedAt.to))) return;
  run.counted('some');
  if (origin.text.length > maxLength) return;
  try {
    const { statements } = await rpc.call('query.split', { text: origin.text }, AbortSignal.timeout(splitMs));
    // What is left of the text may be no more than a comment.
    run.counted(statements.filter(({ from }) => from >= stoppedAt.to).length);
  } catch {
    // A text with a mistake in it, or a link that is gone: that some were left out is all that is known.
  }
}
