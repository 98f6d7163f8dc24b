import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MethodParams } from '#shared/contract/derive.ts';
import { systemClock as clock } from '../../lib/clock.ts';
import { startPostgres, type TestServer } from '../../test/postgresServer.ts';
import { openRunStage, type RunStage } from '../../test/runStage.ts';
import { arrangeResult, findInResult } from './arranging.ts';

let server: TestServer;
let stage: RunStage;

beforeAll(async () => {
  server = await startPostgres();
  stage = await openRunStage(server);
});
afterAll(async () => {
  await stage.close();
  await server.close();
});

const { signal } = new AbortController();

async function resultOf(text: string): Promise<string> {
  const { results } = await stage.run(text, { keep: true });
  return results.at(-1)?.resultId ?? '';
}

const arrangeRows = (resultId: string, given: Partial<MethodParams<'query.arrange'>>) =>
  arrangeResult(
    stage.runs.result('s', resultId),
    { resultId, sort: [], filter: [], ...given },
    { run: stage.runs.runOf('s', resultId), clock, signal },
  );

async function arrangedRows(resultId: string, given: Partial<MethodParams<'query.arrange'>>) {
  const answer = await arrangeRows(resultId, given);
  if (!('rowCount' in answer)) throw new Error('It was not arranged');
  const { arrangementId } = answer;
  const page = await stage.runs.rows('s', { resultId, arrangementId, offset: 0, limit: 5_000 });
  return { ...answer, page };
}

/** Values that a sort by their text, or by doubles alone, would put in another order than the server. */
const values: Record<string, string[]> = {
  int2: ['-32768', '9', '10', '32767'],
  int8: ['-9223372036854775808', '9007199254740993', '9007199254740992', '9223372036854775807'],
  numeric: [
    '1e-30',
    '-1e50',
    '1e50',
    '9.99',
    '10',
    'NaN',
    'Infinity',
    '-Infinity',
    '0.3',
    '0.30000000000000000001',
  ],
  float4: ['1e-30', '-1e30', '9.5', '10', 'NaN', 'Infinity', '-Infinity', '-0'],
  float8: ['1e-300', '-1e300', '1e300', '10', '9', 'NaN', 'Infinity', '-Infinity', '5e-324'],
  money: ['-1,000.50', '999.99', '0', '10000'],
  bool: ['t', 'f'],
  date: [
    '0044-03-15 BC',
    '0010-01-01',
    '10000-01-01',
    '2024-02-29',
    'infinity',
    '-infinity',
    '4713-01-01 BC',
  ],
  timestamp: [
    '0044-03-15 10:00:00.5 BC',
    '2024-02-29 23:59:59.999999',
    '2024-02-29 23:59:59.99',
    '294276-12-31 00:00:00.000002',
    '294276-12-31 00:00:00.000001',
    'infinity',
    '-infinity',
  ],
  timestamptz: ['2024-06-30 12:00:00+00', '2024-06-30 12:00:00-05:30', '1850-01-01 00:00:00+00', 'infinity'],
  time: ['09:59:59.5', '10:00:00', '24:00:00', '00:00:00.000001'],
  timetz: ['10:00:00+02', '09:00:00+01', '08:00:00+00', '23:00:00+15:59', '00:00:00-15:59'],
  interval: [
    '1 year',
    '359 days',
    '1 mon 1 day',
    '30 days 23:00:00',
    '-1 days +25:00:00',
    '-00:00:01',
    '400 days',
  ],
  uuid: ['ffffffff-0000-0000-0000-000000000000', '0fffffff-0000-0000-0000-000000000000'],
  bytea: ['\\xff', '\\x00ff', '\\x', '\\x0a'],
  pg_lsn: ['F/10', '10/1', '9/FFFFFFFF'],
  name: ['Zebra', 'apple', '_x', 'Ábc'],
  text: ['10', '9', 'alpha', 'Beta', 'beta', 'gamma delta', ''],
};

const tables = Object.entries(values).map(([type, texts]) => {
  const rows = texts.map((text) => `('${text}'::${type})`);
  return { type, rows: `(values ${rows.join(', ')}, (null), (${rows[0]})) as v (x)` };
});

describe('the order of a column', () => {
  it.each(tables)('of $type is that of the server', async ({ type, rows }) => {
    // The order of words is that of a dictionary, whatever the database says.
    const order = type === 'text' ? 'x collate "en-x-icu"' : 'x';
    const resultId = await resultOf(`select x from ${rows} order by md5(x::text)`);
    for (const descending of [false, true]) {
      const { page } = await arrangedRows(resultId, { sort: [{ column: 0, descending }] });
      const text = `select x from ${rows} order by ${order} ${descending ? 'desc' : 'asc'}`;
      expect(page.rows).toEqual((await stage.run(text, { keep: true })).rows[0]);
    }
  });
});

describe('an arrangement', () => {
  const many = `select n, 'name ' || n, repeat('x', 100) from generate_series(1, 20000) n`;

  it('is read page by page, with its values and what is found counted in it', async () => {
    const resultId = await resultOf(many);
    const answer = await arrangedRows(resultId, {
      sort: [{ column: 0, descending: true }],
      filter: [{ column: 1, operator: 'contains', values: ['99'], matchCase: false }],
    });
    expect(answer).toMatchObject({ rowCount: 560, totalRows: 20_000, complete: true, orders: ['number'] });
    expect(answer.page).toMatchObject({ rowCount: 560, complete: true });
    expect(answer.page.rows).toHaveLength(560);
    expect(answer.page.rows[0]?.[0]).toBe('19999');
    const place = { resultId, arrangementId: answer.arrangementId };
    const value = { ...place, row: 1, column: 1, offset: 0, limit: 100 };
    expect(await stage.runs.value('s', value)).toMatchObject({ text: 'name 19998' });
    const find = (from: number) =>
      findInResult(
        stage.runs.result('s', resultId),
        { ...place, text: 'NAME 19998', matchCase: false, from, limit: 10 },
        signal,
      );
    // A call looks for a share of a second, which on a busy machine may not be enough for all rows.
    let found = await find(0);
    while (found.matches.length === 0 && found.next !== null) found = await find(found.next);
    expect(found).toMatchObject({ matches: [{ row: 1, column: 1 }], totalRows: 20_000 });
  });

  it('is over with the next one, and with its result', async () => {
    const resultId = await resultOf(many);
    const { arrangementId } = await arrangedRows(resultId, { sort: [{ column: 0, descending: true }] });
    const read = (id: string) => stage.runs.rows('s', { resultId, arrangementId: id, offset: 0, limit: 1 });
    expect((await read(arrangementId)).rows[0]?.[0]).toBe('20000');
    const next = await arrangedRows(resultId, { sort: [{ column: 0, descending: false }] });
    await expect(read(arrangementId)).rejects.toMatchObject({ code: 'RESULT_CLOSED' });
    expect(await arrangeRows(resultId, {})).toEqual({ arrangementId: null });
    await expect(read(next.arrangementId)).rejects.toMatchObject({ code: 'RESULT_CLOSED' });
    await expect(arrangeRows(resultId, { sort: [{ column: 9, descending: false }] })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    const record = stage.runs.result('s', resultId);
    const sorting = arrangeRows(resultId, { sort: [{ column: 1, descending: false }] });
    record.close();
    await expect(sorting).rejects.toMatchObject({ code: 'RESULT_CLOSED' });
  });
});
