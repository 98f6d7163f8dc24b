import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { metaCommand } from '#shared/sql/metaCommands.ts';
import { startPostgres, type TestServer } from '../test/postgresServer.ts';
import { openRunStage, type RunStage } from '../test/runStage.ts';
import type { RanStatement } from './ranStatement.ts';

let server: TestServer;
let stage: RunStage;

beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.close());
beforeEach(async () => {
  stage = await openRunStage(server);
});
afterEach(() => stage.close());

const methods = () => stage.notifications.map(({ method }) => method);
const rowsOf = (resultId: string, offset: number, limit: number) =>
  stage.runs.rows('s', { resultId, offset, limit });

describe('a run', () => {
  it('tells how it begins, each result, and how it ends, after its answer', async () => {
    const run = stage.start('select 1 as a, null as b; create temp table t (x int); select x from t');
    expect(stage.notifications).toEqual([]);
    await run.ended();
    expect(methods()).toEqual([
      'query.runStarted',
      ...Array.from({ length: 3 }, () => ['query.resultStarted', 'query.resultEnded']).flat(),
      'query.runEnded',
    ]);
    const [first, second, third] = run.told('query.resultStarted');
    expect(first).toMatchObject({
      statement: { index: 0, from: 0, to: 24 },
      columns: [
        { name: 'a', typeOid: 23, typeName: 'integer' },
        { name: 'b', typeName: 'text' },
      ],
      firstRows: [['1', null]],
    });
    expect(second).toMatchObject({ statement: { index: 1, from: 26 }, columns: [], firstRows: [] });
    expect(third).toMatchObject({ columns: [{ name: 'x', columnNumber: 1 }], firstRows: [] });
    expect(run.told('query.resultEnded').map((each) => [each.commandTag, each.rowCount])).toEqual([
      ['SELECT 1', 1],
      ['CREATE TABLE', 0],
      ['SELECT 0', 0],
    ]);
    expect(run.told('query.runEnded')[0]).toMatchObject({ outcome: 'done', transactionStatus: 'I' });
  });

  it('tells of each statement how it went, and of a run that was refused as a whole', async () => {
    const told: RanStatement[] = [];
    stage.runs.ran.on((ran) => told.push(ran));
    await stage.run(
      'create temp table h (x int); insert into h values (1), (2); table h; show work_mem; select 1/0; select 2',
    );
    await stage.run('\\dt');
    const sleeping = stage.start('select pg_sleep(60)');
    await stage.until(async () => {
      const [row] = await server.query("select 1 from pg_stat_activity where query = 'select pg_sleep(60)'");
      return row;
    });
    await stage.runs.cancel('s', sleeping);
    await stage.run('select pg_terminate_backend(pg_backend_pid())');
    expect(
      told.map(({ text, outcome, rows, commandTag, error }) => [
        text.slice(0, 12),
        outcome,
        outcome === 'done' ? rows : undefined,
        commandTag,
        error?.facts.sqlstate,
      ]),
    ).toEqual([
      ['create temp ', 'done', undefined, 'CREATE TABLE', undefined],
      ['insert into ', 'done', 2, 'INSERT 0 2', undefined],
      ['table h', 'done', 2, 'SELECT 2', undefined],
      ['show work_me', 'done', 1, 'SHOW', undefined],
      ['select 1/0', 'failed', undefined, undefined, '22012'],
      ['\\dt', 'failed', undefined, undefined, undefined],
      ['select pg_sl', 'cancelled', undefined, undefined, '57014'],
      ['select pg_te', 'lost', undefined, undefined, '57P01'],
    ]);
    expect(told[0]).toMatchObject({ sessionId: 's', tabId: 't', database: server.database });
  });

  it('ends at once where the text holds no statement', async () => {
    const { ended, results } = await stage.run(' -- nothing\n;');
    expect(ended).toMatchObject({ outcome: 'done' });
    expect(results).toEqual([]);
  });

  it('sends each statement alone, so that VACUUM works beside others', async () => {
    expect((await stage.run('create table v (); vacuum v; drop table v')).ended.outcome).toBe('done');
  });

  it('stops at an error, and says where in the text it stands', async () => {
    const text = "select 1;\n select '😀', nonsense;\nselect 3";
    const { ended, results } = await stage.run(text);
    // The one that failed has a result too, an empty one; the third was never sent.
    expect(results).toHaveLength(2);
    expect(ended).toMatchObject({
      outcome: 'failed',
      error: { code: 'QUERY_FAILED', sqlstate: '42703', position: text.indexOf('nonsense') },
      statement: { index: 1, from: 11 },
    });
  });

  it('goes on after errors where it is asked to, and tells the first as its own, the others as notices', async () => {
    const { run, ended, rows } = await stage.run('select 1/0; select 2; select nonsense; select 4', {
      stopOnError: false,
    });
    expect(rows).toEqual([[], [['2']], [], [['4']]]);
    expect(ended).toMatchObject({ outcome: 'failed', error: { sqlstate: '22012' }, statement: { index: 0 } });
    const later = { severity: 'ERROR', sqlstate: '42703', statement: { index: 2, from: 22 }, position: 29 };
    expect(run.told('query.notice')).toMatchObject([{ notices: [later] }]);
    expect(stage.runs.summaries('s')[0]?.statement).toMatchObject({ index: 0 });
  });

  it('keeps the rows that had come before an error, and ends their result', async () => {
    const { run, ended } = await stage.run(
      "select repeat('x', 1000), 1 / (5000 - n) from generate_series(1, 6000) n",
    );
    expect(ended).toMatchObject({ outcome: 'failed', error: { sqlstate: '22012' } });
    const [result] = run.told('query.resultEnded');
    expect(result).toMatchObject({ commandTag: '' });
    expect(result?.rowCount).toBeGreaterThan(4_000);
  });

  it('gives a result for each part that a rule makes of a statement', async () => {
    const text = `create table base (a int); create rule also as on insert to base do also select 42 as answer;
      insert into base values (1); drop table base cascade`;
    const { ended, rows } = await stage.run(text);
    expect(ended.outcome).toBe('done');
    expect(rows).toContainEqual([['42']]);
  });

  it('knows the commands of psql for what they are, and offers those that a query answers', async () => {
    const known = await stage.run('select 1; \\dt pub*.order_*\n; select 2', { stopOnError: false });
    expect(known.rows).toEqual([[['1']], [['2']]]);
    expect(known.ended.error).toMatchObject({
      reason: 'metaCommand',
      message: '\\dt is a command of psql, which the server does not know.',
      actions: [{ id: 'runAsSql' }],
      outcome: 'none',
    });
    const script = await stage.run('\\i x.sql');
    expect(script.ended.error).toMatchObject({
      hint: 'Paste the text of the file here instead.',
      actions: [],
    });
    for (const command of [
      'd',
      'd pg_class',
      'dt',
      'dv',
      'dm',
      'di',
      'ds',
      'df a*.b?',
      'dn',
      'du',
      'dg',
      'l',
      'dx',
      'conninfo',
      'encoding',
      'sv pg_views',
      'sf pg_relation_filepath',
    ]) {
      const { ended } = await stage.run(metaCommand(`-- why\n\\${command}`)?.sql ?? '');
      expect([command, ended.error?.message]).toEqual([command, undefined]);
    }
  });

  it('refuses a NUL character instead of running the half before it', async () => {
    const { ended } = await stage.run("delete from x where a = 'b\0'");
    expect(ended.error).toMatchObject({ code: 'QUERY_FAILED', position: 26 });
  });

  it('names types that were made in the same text', async () => {
    const text = `create type mood as enum ('ok'); create domain age as int; select 'ok'::mood, array['ok'::mood], 1::age;
      drop type mood; drop domain age`;
    const { results } = await stage.run(text);
    expect(results[2]?.columns.map(({ typeName }) => typeName)).toEqual(['mood', 'mood[]', 'integer']);
    const hidden = await stage.run(
      "do $$ begin create type hidden as enum ('a'); end $$; select 'a'::hidden",
    );
    expect(hidden.results[1]?.columns[0]?.typeName).toMatch(/^oid \d+$/);
    expect((await stage.run("select 'a'::hidden")).results[0]?.columns[0]?.typeName).toBe('hidden');
    await stage.run('drop type hidden');
  });

  it('tells notices in batches, keeps the first thousand and counts the rest', async () => {
    const { run } = await stage.run(
      "do $$ begin for i in 1..1500 loop raise notice 'n %', i; end loop; end $$",
    );
    const batches = run.told('query.notice');
    expect(batches.flatMap(({ notices }) => notices)).toHaveLength(1_000);
    expect(batches.at(-1)?.count).toBe(1_500);
    expect(batches.length).toBeLessThan(100);
    expect(stage.runs.summaries('s')[0]).toMatchObject({ noticeCount: 1_500 });
  });

  it('is refused at once where there is no connection', async () => {
    await stage.connections.disconnect(stage.connectionId);
    expect(() => stage.start('select 1')).toThrow(expect.objectContaining({ code: 'NOT_CONNECTED' }));
  });
});

describe('rows', () => {
  it('are the first two hundred at once, and any slice later', async () => {
    const { run, rows } = await stage.run('select n, n * 2 from generate_series(1, 100000) n');
    const [started] = run.told('query.resultStarted');
    const [ended] = run.told('query.resultEnded');
    expect(rows[0]).toHaveLength(200);
    expect(ended).toMatchObject({ rowCount: 100_000, commandTag: 'SELECT 100000' });
    const slice = await rowsOf(started?.resultId ?? '', 99_990, 5_000);
    expect(slice).toMatchObject({ rowCount: 100_000, complete: true });
    expect(slice.rows).toEqual(
      Array.from({ length: 10 }, (_, at) => [`${99_991 + at}`, `${2 * (99_991 + at)}`]),
    );
    expect((await rowsOf(started?.resultId ?? '', 50_000, 5_000)).rows).toHaveLength(5_000);
    expect((await rowsOf(started?.resultId ?? '', 100_000, 10)).rows).toEqual([]);
  });

  it('can be read while more of them come', async () => {
    const run = stage.start(
      'select n, pg_sleep(case when n = 50000 then 30 else 0 end) from generate_series(1, 60000) n',
    );
    const started = await stage.until(() => run.told('query.resultStarted')[0]);
    const early = await stage.until(async () => {
      const slice = await rowsOf(started.resultId, 10_000, 10);
      return slice.rows.length > 0 ? slice : undefined;
    });
    expect(early).toMatchObject({ complete: false });
    expect(early.rows[0]?.[0]).toBe('10001');
    await stage.until(() => run.told('query.progress')[0]);
    expect(await stage.runs.cancel('s', { runId: run.runId })).toEqual({ settled: true });
    expect(await run.ended()).toMatchObject({ outcome: 'cancelled', transactionStatus: 'I' });
    expect(run.told('query.resultEnded')[0]).toMatchObject({ commandTag: '' });
    expect(run.told('query.runEnded')).toHaveLength(1);
  });

  it('name cells that were cut, and the whole value can be read in parts', async () => {
    const { results } = await stage.run("select 'short', repeat('é', 100000)");
    expect(results[0]?.cut).toEqual([{ row: 0, column: 1, bytes: 200_000 }]);
    const place = { resultId: results[0]?.resultId ?? '', row: 0, column: 1, limit: 150_001 };
    const first = await stage.runs.value('s', { ...place, offset: 0 });
    const second = await stage.runs.value('s', { ...place, offset: Buffer.byteLength(first.text ?? '') });
    expect(first).toMatchObject({ bytes: 200_000, complete: false });
    expect(second.complete).toBe(true);
    expect(`${first.text}${second.text}`).toBe('é'.repeat(100_000));
  });

  it('live until the tab runs again, unless they are to be kept, or until they are closed', async () => {
    const one = await stage.run('select 1');
    const kept = await stage.run('select 2', { keep: true });
    const id = (which: typeof one) => which.results[0]?.resultId ?? '';
    expect((await rowsOf(id(one), 0, 1)).rows).toEqual([['1']]);
    await stage.runs.close('s', { runId: one.run.runId });
    await expect(rowsOf(id(one), 0, 1)).rejects.toMatchObject({ code: 'RESULT_CLOSED' });
    expect((await rowsOf(id(kept), 0, 1)).rows).toEqual([['2']]);
    const other = await stage.run('select 3', { tabId: 'other' });
    const two = await stage.run('select 4; select 5', { keep: [id(kept)] });
    expect((await rowsOf(id(kept), 0, 1)).rows).toEqual([['2']]);
    const [four, five] = two.results.map(({ resultId }) => resultId);
    await stage.runs.close('s', { resultId: four ?? '' });
    await expect(rowsOf(four ?? '', 0, 1)).rejects.toMatchObject({ code: 'RESULT_CLOSED' });
    await stage.run('select 6', { keep: [five ?? ''] });
    expect((await rowsOf(five ?? '', 0, 1)).rows).toEqual([['5']]);
    await expect(rowsOf(id(kept), 0, 1)).rejects.toMatchObject({ code: 'RESULT_CLOSED' });
    expect((await rowsOf(id(other), 0, 1)).rows).toEqual([['3']]);
    expect(stage.runs.summaries('s').map(({ tabId }) => tabId)).toEqual(['other', 't', 't']);
  });

  it('are nobody else’s', async () => {
    const { run, results } = await stage.run('select 1');
    const resultId = results[0]?.resultId ?? '';
    await expect(stage.runs.rows('x', { resultId, offset: 0, limit: 1 })).rejects.toMatchObject({
      code: 'RESULT_CLOSED',
    });
    await expect(stage.runs.cancel('x', { runId: run.runId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(stage.runs.close('x', { runId: run.runId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await stage.runs.close('x', { tabId: 't' });
    expect((await rowsOf(resultId, 0, 1)).rows).toEqual([['1']]);
    expect(stage.runs.summaries('x')).toEqual([]);
  });
});
