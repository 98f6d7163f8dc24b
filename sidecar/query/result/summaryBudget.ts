import type { RunSummary } from '#shared/query/result.ts';

/** What runs may take of a snapshot, which must fit into one frame together with texts and definitions. */
const budgetBytes = 1_500_000;

/**
 * The runs of a session, oldest first, as a returning window is told of them. Runs of thousands of statements, or of results with
 * thousands of columns, keep their newest results; the window offers to run again what it was not told of.
 */
export function withinBudget(summaries: RunSummary[], budget = budgetBytes): RunSummary[] {
  let left = budget;
  const takeNewest = <T>(items: T[]): T[] => {
    const taken: T[] = [];
    for (const item of [...items].reverse()) {
      left -= JSON.stringify(item).length;
      if (left < 0) break;
      taken.unshift(item);
    }
    return taken;
  };
  const newestFirst = [...summaries].reverse();
  return newestFirst
    .map((run) => ({ ...run, results: takeNewest(run.results), notices: takeNewest(run.notices) }))
    .reverse();
}
