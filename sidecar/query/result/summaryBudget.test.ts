import { describe, expect, it } from 'vitest';
import type { RunSummary } from '#shared/query/result.ts';
import { withinBudget } from './summaryBudget.ts';

const result = (index: number): RunSummary['results'][number] => ({
  resultId: `r${index}`,
  statement: { index, from: 0, to: 1 },
  columns: [],
  rowCount: 0,
  complete: true,
  bytes: 0,
});
const run = (runId: string, startedAt: number, count: number): RunSummary => ({
  runId,
  connectionId: 'c',
  tabId: 't',
  state: 'done',
  startedAt,
  notices: [],
  noticeCount: 0,
  results: Array.from({ length: count }, (_, index) => result(index)),
});

describe('what a returning window is told of its runs', () => {
  it('is everything where that fits', () => {
    const runs = [run('a', 1, 3), run('b', 2, 2)];
    expect(withinBudget(runs)).toEqual(runs);
  });

  it('is the newest results where there are too many, and every run', () => {
    const runs = withinBudget([run('old', 1, 40_000), run('new', 2, 40_000)]);
    expect(runs.map(({ runId }) => runId)).toEqual(['old', 'new']);
    expect(runs[0]?.results).toEqual([]);
    expect(runs[1]?.results.at(-1)?.resultId).toBe('r39999');
    expect(JSON.stringify(runs).length).toBeLessThan(1_600_000);
  });
});
