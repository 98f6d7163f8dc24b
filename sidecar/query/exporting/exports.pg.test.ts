import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MethodParams } from '#shared/contract/derive.ts';
import { systemClock as clock } from '../../lib/clock.ts';
import { startPostgres, type TestServer } from '../../test/postgresServer.ts';
import { openRunStage, type RunStage } from '../../test/runStage.ts';
import { arrangeResult } from '../arrange/arranging.ts';

let server: TestServer;
let stage: RunStage;
let folder: string;

beforeAll(async () => {
  [server, folder] = await Promise.all([startPostgres(), mkdtemp(join(tmpdir(), 'hawser-export-'))]);
  stage = await openRunStage(server);
});
afterAll(async () => {
  await stage.close();
  await server.close();
  await rm(folder, { recursive: true });
});

const { signal } = new AbortController();
const path = (name: string) => join(folder, name);

async function resultOf(text: string): Promise<string> {
  const { results } = await stage.run(text);
  return results[0]?.resultId ?? '';
}

const exported = (params: Pick<MethodParams<'query.export'>, 'resultId' | 'path' | 'arrangementId'>) =>
  stage.runs.exports.run('s', { format: 'ndjson', ...params }, signal);

const sorted = (resultId: string, descending: boolean) =>
  arrangeResult(
    stage.runs.result('s', resultId),
    { resultId, sort: [{ column: 0, descending }], filter: [] },
    { clock, run: stage.runs.runOf('s', resultId), signal },
  );

describe('an export', () => {
  const many = 'select n from generate_series(1, 20000) n';

  it('goes on while its result is sorted anew, and when the tab runs something else', async () => {
    const resultId = await resultOf(many);
    const arranged = await sorted(resultId, true);
    const arrangementId = 'arrangementId' in arranged ? (arranged.arrangementId ?? '') : '';
    const exports = [
      exported({ resultId, path: path('as it came') }),
      exported({ resultId, arrangementId, path: path('sorted') }),
    ];
    await sorted(resultId, false);
    await stage.run('select 1');
    expect(await Promise.all(exports)).toMatchObject([{ rows: 20_000 }, { rows: 20_000 }]);
    const lines = (await readFile(path('sorted'), 'utf8')).trimEnd().split('\n');
    expect([lines.length, lines[0], lines.at(-1)]).toEqual([20_000, '{"n":20000}', '{"n":1}']);
    expect(stage.spools.used).toBeLessThan(1_000);
    await expect(exported({ resultId, path: path('late') })).rejects.toMatchObject({ code: 'RESULT_CLOSED' });
  });

  it('of one value is its own bytes, or its text, in the order that is shown', async () => {
    const size = 3_000_001;
    const resultId = await resultOf(
      `select n, decode(repeat('0a', ${size}) || 'ff', 'hex') b, 'é' || n t from generate_series(1, 2) n`,
    );
    const arranged = await sorted(resultId, true);
    const arrangementId = 'arrangementId' in arranged ? (arranged.arrangementId ?? '') : '';
    const save = (column: number, name: string) =>
      stage.runs.exports.saveValue(
        's',
        { resultId, arrangementId, row: 0, column, path: path(name) },
        signal,
      );
    expect(await save(1, 'bytes')).toEqual({ bytes: size + 1 });
    const bytes = await readFile(path('bytes'));
    expect([bytes.length, bytes[0], bytes.at(-2), bytes.at(-1)]).toEqual([size + 1, 10, 10, 255]);
    expect(await save(2, 'text')).toEqual({ bytes: 3 });
    expect(await readFile(path('text'), 'utf8')).toBe('é2');
    await expect(save(9, 'none')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await readdir(folder)).not.toContain('none');
  });

  it('of rows that still come writes all of them or nothing, and of a stopped statement says that some lack', async () => {
    const all = stage.start("select n, repeat('x', 100) from generate_series(1, 100000) n");
    const whole = await stage.until(() => all.told('query.resultStarted')[0]);
    const waiting = exported({ resultId: whole.resultId, path: path('whole') });
    expect(await waiting).toMatchObject({ rows: 100_000, warnings: [] });
    const run = stage.start('select generate_series(1, 100000000)');
    const { resultId } = await stage.until(() => run.told('query.resultStarted')[0]);
    const refused = expect(exported({ resultId, path: path('whole') })).rejects.toMatchObject({
      code: 'QUERY_FAILED',
      facts: { reason: 'incomplete' },
    });
    await stage.runs.cancel('s', { runId: run.runId });
    await refused;
    expect((await readFile(path('whole'), 'utf8')).endsWith(`"repeat":"${'x'.repeat(100)}"}\n`)).toBe(true);
    const { rows, warnings } = await exported({ resultId, path: path('some') });
    expect(rows).toBe(run.told('query.resultEnded')[0]?.rowCount);
    expect(warnings).toEqual([expect.stringContaining('before all its rows had come')]);
  });

  it('ends with its session, and leaves nothing behind', async () => {
    const resultId = await resultOf('select generate_series(1, 300000)');
    const exporting = exported({ resultId, path: path('left') });
    const end = expect(exporting).rejects.toMatchObject({ code: 'CANCELLED' });
    await stage.until(async () => (await readdir(folder)).some((name) => name.endsWith('.part')));
    expect(stage.runs.hasActive('s')).toBe(true);
    await stage.runs.endSession('s');
    expect(stage.runs.hasActive('s')).toBe(false);
    expect((await readdir(folder)).filter((name) => name.includes('left'))).toEqual([]);
    await end;
  });
});
