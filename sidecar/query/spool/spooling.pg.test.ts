import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SpoolLimits } from './spool.ts';
import { startPostgres, type TestServer } from '../../test/postgresServer.ts';
import { openRunStage, type RunStage } from '../../test/runStage.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startPostgres();
  await server.query('create table log (n int)');
});
afterAll(() => server.close());

async function withLimits(limits: Partial<SpoolLimits>, work: (stage: RunStage) => Promise<void>) {
  const stage = await openRunStage(server, { limits });
  try {
    await work(stage);
  } finally {
    await stage.close();
  }
}

describe('a large result', () => {
  const numbers = 'select n, repeat(n::text, 20) from generate_series(1, 50000) n';
  const isFreed = (stage: RunStage) => () =>
    (stage.spools.used === 0 && stage.spools.memory === 0) || undefined;

  it('can be read anywhere in its file, and is freed with its tab, its session, or the next run', () =>
    withLimits({ memoryBytes: 100_000 }, async (stage) => {
      const { results } = await stage.run(numbers);
      const resultId = results[0]?.resultId ?? '';
      for (const offset of [0, 1, 777, 25_000, 49_990]) {
        const { rows } = await stage.runs.rows('s', { resultId, offset, limit: 10 });
        expect(rows).toEqual(
          Array.from({ length: 10 }, (_, at) => [`${offset + at + 1}`, `${offset + at + 1}`.repeat(20)]),
        );
      }
      expect(stage.spools.used).toBeGreaterThan(5_000_000);
      await stage.run('select 1');
      expect(stage.spools.used).toBeLessThan(1_000);
      await stage.run(numbers, { tabId: 'closed' });
      await stage.runs.close('s', { tabId: 'closed' });
      expect(stage.spools.used).toBeLessThan(1_000);
      await stage.run(numbers);
      await stage.runs.endSession('s');
      await stage.until(isFreed(stage));
    }));

  it('whose rows the disk does not take fails with the reason, and keeps those that had come', () =>
    withLimits({ memoryBytes: 100_000 }, async (stage) => {
      writeFileSync(stage.spoolFolder, 'in the way');
      const { run, ended, results } = await stage.run(
        "select repeat('x', 1000) from generate_series(1, 1000000); insert into log values (6)",
        { stopOnError: false },
      );
      expect(ended).toMatchObject({
        outcome: 'failed',
        error: { code: 'STORE_READ_ONLY' },
        statement: { index: 0 },
        transactionStatus: 'I',
      });
      const [end] = run.told('query.resultEnded');
      expect(end).toMatchObject({ truncated: true });
      expect(run.told('query.resultEnded')).toHaveLength(1);
      const offset = (end?.rowCount ?? 0) - 1;
      const page = await stage.runs.rows('s', { resultId: results[0]?.resultId ?? '', offset, limit: 10 });
      expect(page).toMatchObject({ rows: [['x'.repeat(1_000)]], complete: true });
      expect(await stage.value('select count(*) from log')).toBe('0');
    }));

  it('with a value over 64 MB costs its own backend only, and the rows before it stay', () =>
    withLimits({}, async (stage) => {
      const other = stage.start("select 'other', pg_sleep(60)", { tabId: 'other' });
      const { run, ended, results } = await stage.run(
        "select case when n < 900 then repeat('x', 1000) else repeat('x', 70 * 1024 * 1024) end from generate_series(1, 1000) n",
      );
      expect(ended).toMatchObject({ outcome: 'lost', error: { code: 'VALUE_TOO_LARGE' } });
      expect(run.told('query.resultEnded')[0]?.rowCount).toBe(899);
      const resultId = results[0]?.resultId ?? '';
      expect((await stage.runs.rows('s', { resultId, offset: 898, limit: 10 })).rows).toHaveLength(1);
      expect(await stage.value('select 1')).toBe('1');
      expect(stage.connections.requireLive(stage.connectionId)).toBeDefined();
      expect(other.told('query.runEnded')).toEqual([]);
      await stage.runs.cancel('s', { runId: other.runId });
    }));
});

describe('a result that grows too large', () => {
  const big = "select repeat('x', 1000) from generate_series(1, 1000000)";

  it('is stopped, says so, and keeps the rows that fit', () =>
    withLimits({ maxSpoolBytes: 2_000_000, maxTotalBytes: 10_000_000 }, async (stage) => {
      const { run, ended, results } = await stage.run(`${big}; insert into log values (5)`);
      expect(ended).toMatchObject({ outcome: 'cancelled', transactionStatus: 'I' });
      expect(ended.error).toBeUndefined();
      const [end] = run.told('query.resultEnded');
      expect(end).toMatchObject({ truncated: true, commandTag: '' });
      expect(end?.rowCount).toBeGreaterThan(1_500);
      expect(run.told('query.notice')).toMatchObject([{ notices: [{ severity: 'WARNING' }], count: 1 }]);
      expect(stage.runs.summaries('s')[0]?.results[0]).toMatchObject({ truncated: true, complete: true });
      const page = await stage.runs.rows('s', {
        resultId: results[0]?.resultId ?? '',
        offset: (end?.rowCount ?? 0) - 1,
        limit: 10,
      });
      expect(page.rows).toEqual([['x'.repeat(1_000)]]);
      expect(await stage.value('select count(*) from log')).toBe('0');
    }));

  it('counts with the other results, and leaves room again when one is closed', () =>
    withLimits({ maxSpoolBytes: 9_000_000, maxTotalBytes: 10_000_000 }, async (stage) => {
      const part = (tabId: string) =>
        stage.run("select repeat('x', 1000) from generate_series(1, 6000)", { tabId });
      const truncated = ({ run }: Awaited<ReturnType<typeof part>>) =>
        run.told('query.resultEnded')[0]?.truncated;
      expect(truncated(await part('a'))).toBeUndefined();
      const second = await part('b');
      // The server may have sent the last row just before it was stopped: then nothing was cancelled.
      expect(['cancelled', 'done']).toContain(second.ended.outcome);
      expect(truncated(second)).toBe(true);
      expect(second.run.told('query.notice')[0]?.notices[0]?.hint).toMatch(/^Close results/);
      await stage.runs.close('s', { tabId: 'a' });
      await stage.runs.close('s', { tabId: 'b' });
      expect(truncated(await part('c'))).toBeUndefined();
    }));
});
