import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Condition, SortKey } from '#shared/query/arrange.ts';
import { readCells } from '../spool/dataRow.ts';
import { spoolOf, type Cell } from '../../test/dataRows.ts';
import { arrange, type ArrangeOptions, type ArrangeProgress } from './arrange.ts';
import { findCells } from './find.ts';

const oids = { int4: 23, int8: 20, text: 25, numeric: 1700, timestamp: 1114, bool: 16 };
type TypeName = keyof typeof oids;

interface Request {
  sort?: SortKey[];
  filter?: Partial<Condition>[];
}

const condition = (given: Partial<Condition>): Condition => ({
  column: 0,
  operator: 'equals',
  values: [],
  matchCase: false,
  ...given,
});

const live = new AbortController().signal;

function run(
  types: TypeName[],
  rows: Cell[][],
  { sort = [], filter = [] }: Request,
  options: Partial<ArrangeOptions> = {},
) {
  const columns = types.map((type) => ({ typeOid: oids[type] }));
  return arrange(
    { spool: spoolOf(rows), columns },
    { sort, filter: filter.map(condition) },
    { signal: live, tell: () => {}, ...options },
  );
}

/** The rows as they stand in the arrangement. */
async function arranged(types: TypeName[], rows: Cell[][], request: Request): Promise<(string | null)[][]> {
  const result = await run(types, rows, request);
  if ('tooLarge' in result) throw new Error('It did not fit');
  const { arrangement } = result;
  const found: (string | null)[][] = [];
  while (found.length < arrangement.rowCount) {
    for (const bytes of await arrangement.slice(found.length, 70, 1_000)) {
      for (let at = 0; at < bytes.length;) {
        const { starts, lengths, end } = readCells(bytes, at);
        found.push(
          starts.map((start, column) => {
            const length = lengths[column] ?? -1;
            return length < 0 ? null : bytes.toString('utf8', start, start + length);
          }),
        );
        at = end;
      }
    }
  }
  return found;
}

const column = async (type: TypeName, values: Cell[], descending = false) =>
  (
    await arranged(
      [type],
      values.map((value) => [value]),
      { sort: [{ column: 0, descending }] },
    )
  ).flat();

describe('rows in another order', () => {
  it('stand as their numbers do, with NULL last and, turned round, first', async () => {
    const values = ['10', '-3', null, '2', '0', '-300', null];
    const expected = ['-300', '-3', '0', '2', '10', null, null];
    expect(await column('int4', values)).toEqual(expected);
    expect(await column('int4', values, true)).toEqual(expected.toReversed());
  });

  it('keep apart numbers that are the same as doubles', async () => {
    const near = ['9007199254740993', '9007199254740992', '-9223372036854775808', '-9223372036854775807'];
    expect(await column('int8', [...near, '9007199254740994', null])).toEqual([
      '-9223372036854775808',
      '-9223372036854775807',
      '9007199254740992',
      '9007199254740993',
      '9007199254740994',
      null,
    ]);
    const fractions = ['0.10000000000000000001', '0.1', '0.09999999999999999999'];
    expect(await column('numeric', fractions)).toEqual(fractions.toReversed());
    const far = [
      `1${'0'.repeat(400)}`,
      'NaN',
      'Infinity',
      `2${'0'.repeat(399)}`,
      `-1${'0'.repeat(400)}`,
      '-Infinity',
    ];
    expect(await column('numeric', far)).toEqual([far[5], far[4], far[3], far[0], 'Infinity', 'NaN']);
  });

  it('that are equal in one column go by the next, and else stay as they came', async () => {
    const rows = [
      ['b', '1', 'first'],
      ['a', '1', 'second'],
      ['b', '2', 'third'],
      ['a', '1', 'fourth'],
    ];
    const sort = [
      { column: 1, descending: true },
      { column: 0, descending: false },
    ];
    const found = await arranged(['text', 'int4', 'text'], rows, { sort });
    expect(found.map(([, , name]) => name)).toEqual(['third', 'second', 'fourth', 'first']);
  });

  it('are words where a value is not of the form of its type', async () => {
    const values = ['31.12.2024 10:00', '01.01.2025 10:00'];
    const result = await run(
      ['timestamp'],
      values.map((value) => [value]),
      {
        sort: [{ column: 0, descending: false }],
      },
    );
    expect(result).toMatchObject({ orders: ['dictionary'] });
    expect(await column('timestamp', values)).toEqual(values.toReversed());
  });

  it('are as many as a plain sort of them, whatever they are', async () => {
    const double = fc.double({ noNaN: true }).map(String);
    const cells = fc.array(fc.option(double, { nil: null, freq: 10 }), { maxLength: 3_000, size: 'max' });
    await fc.assert(
      fc.asyncProperty(cells, fc.boolean(), async (values, descending) => {
        const rank = (value: string | null) => (value === null ? Infinity : Number(value));
        const order = values
          .map((value, index) => ({ value, index }))
          .sort((a, b) => {
            const nulls = Number(a.value === null) - Number(b.value === null);
            const size =
              nulls || (rank(a.value) < rank(b.value) ? -1 : rank(a.value) > rank(b.value) ? 1 : 0);
            return (descending ? -size : size) || a.index - b.index;
          })
          .map(({ value }) => value);
        expect(await column('numeric', values, descending)).toEqual(order);
      }),
      { numRuns: 6 },
    );
  });

  it('are refused, and nothing else, where their keys take too much', async () => {
    const rows = Array.from({ length: 500 }, (_, index) => [`name ${index}`, `${index}`]);
    const sort = [{ column: 0, descending: false }];
    const maxBytes = 20_000;
    expect(await run(['text', 'int4'], rows, { sort }, { maxBytes })).toEqual({
      tooLarge: { column: 0, limitBytes: maxBytes },
    });
    const byNumber = [{ column: 1, descending: false }];
    expect(await run(['text', 'int4'], rows, { sort: byNumber }, { maxBytes })).toHaveProperty('arrangement');
  });

  it('tell how far they are, leave others their turn, and can be given up', async () => {
    const rows = Array.from({ length: 60_000 }, (_, index) => [`word ${(index * 7919) % 60_000}`]);
    const sort = [{ column: 0, descending: false }];
    const told: ArrangeProgress[] = [];
    let turns = 0;
    const count = setInterval(() => (turns += 1), 1);
    await run(['text'], rows, { sort }, { tell: (progress) => told.push(progress) });
    clearInterval(count);
    expect(turns).toBeGreaterThan(1);
    expect(told[0]).toMatchObject({ phase: 'reading', total: 60_000 });
    expect(told.at(-1)).toEqual({ phase: 'sorting', done: 0, total: 1 });
    const abort = new AbortController();
    const given = run(['text'], rows, { sort }, { signal: abort.signal });
    abort.abort(new Error('given up'));
    await expect(given).rejects.toThrow('given up');
  });
});

describe('rows that fit', () => {
  const rows = [
    ['Ada', '1.0', 't'],
    ['ada lovelace', '2.50', 'f'],
    [null, '3', 't'],
    ['50%', 'NaN', null],
    ['', '-1', 'f'],
  ];
  const names = async (...filter: Partial<Condition>[]) =>
    (await arranged(['text', 'numeric', 'bool'], rows, { filter })).map(([name]) => name);

  it.each<[Partial<Condition>, (string | null)[]]>([
    [{ operator: 'equals', values: ['Ada'] }, ['Ada']],
    [{ operator: 'notEquals', values: ['Ada'] }, ['ada lovelace', null, '50%', '']],
    [{ operator: 'contains', values: ['ADA'] }, ['Ada', 'ada lovelace']],
    [{ operator: 'contains', values: ['ADA'], matchCase: true }, []],
    [{ operator: 'notContains', values: ['ada'] }, [null, '50%', '']],
    [{ operator: 'startsWith', values: ['50'] }, ['50%']],
    [{ operator: 'matches', values: ['^a.*e$'] }, ['ada lovelace']],
    [{ operator: 'isNull' }, [null]],
    [{ operator: 'isNotNull' }, ['Ada', 'ada lovelace', '50%', '']],
    [{ operator: 'in', values: ['', 'Ada', 'none'] }, ['Ada', '']],
    [{ column: 1, operator: 'equals', values: ['1.00'] }, ['Ada']],
    [{ column: 1, operator: 'in', values: ['1', 'NaN'] }, ['Ada', '50%']],
    [{ column: 1, operator: 'greater', values: ['2.5'] }, [null, '50%']],
    [{ column: 1, operator: 'greaterOrEqual', values: ['2.5'] }, ['ada lovelace', null, '50%']],
    [{ column: 1, operator: 'less', values: ['1'] }, ['']],
    [{ column: 1, operator: 'lessOrEqual', values: ['1'] }, ['Ada', '']],
  ])('%j', async (filter, expected) => {
    expect(await names(filter)).toEqual(expected);
  });

  it('fit every condition', async () => {
    const found = await names({ column: 2, values: ['t'] }, { operator: 'isNotNull' });
    expect(found).toEqual(['Ada']);
  });

  it('are put in order too', async () => {
    const found = await arranged(['text', 'numeric', 'bool'], rows, {
      filter: [condition({ column: 2, operator: 'isNotNull' })],
      sort: [{ column: 1, descending: true }],
    });
    expect(found.map(([, number]) => number)).toEqual(['3', '2.50', '1.0', '-1']);
  });

  it('cannot be chosen by what is no pattern, nor kept up by one that backtracks', async () => {
    await expect(names({ operator: 'matches', values: ['('] })).rejects.toMatchObject({
      code: 'INVALID_CONFIG',
    });
    await expect(names({ operator: 'contains' })).rejects.toMatchObject({ code: 'INVALID_CONFIG' });
    const long = [[`${'a'.repeat(4_000)}!`]];
    const filter = [condition({ operator: 'matches', values: ['^(a+)+$'] })];
    expect(await arranged(['text'], long, { filter })).toEqual([]);
  });
});

describe('a text in the cells', () => {
  const rows = Array.from({ length: 1_000 }, (_, index) => [
    `Row ${index}`,
    index % 100 === 0 ? 'Žluťoučký Kůň' : null,
    index % 2 === 0 ? 't' : 'f',
  ]);
  const columns = (['text', 'text', 'bool'] as const).map((type) => ({ typeOid: oids[type] }));
  const find = (text: string, given: { matchCase?: boolean; from?: number; limit?: number } = {}) =>
    findCells(
      { spool: spoolOf(rows), columns, arrangement: undefined },
      { text, matchCase: false, from: 0, limit: 5_000, ...given },
      live,
    );

  it('is found in any case, or only in its own', async () => {
    expect(await find('row 99')).toMatchObject({ matches: { length: 11 }, next: null });
    expect((await find('row 99', { matchCase: true })).matches).toEqual([]);
    expect((await find('Row 998', { matchCase: true })).matches).toEqual([{ row: 998, column: 0 }]);
    expect((await find('žluťoučký kůň')).matches).toHaveLength(10);
  });

  it('is what the cell shows, so that a boolean is its word', async () => {
    expect((await find('false')).matches[0]).toEqual({ row: 1, column: 2 });
  });

  it('comes in parts that go on where the last one ended', async () => {
    const first = await find('row', { limit: 400 });
    expect(first).toMatchObject({ matches: { length: 400 }, next: 400 });
    const second = await find('row', { limit: 5_000, from: 400 });
    expect(second).toMatchObject({ matches: { length: 600 }, next: null });
  });

  it('is told by where it stands among arranged rows', async () => {
    const spool = spoolOf(rows);
    for (const sort of [[], [{ column: 0, descending: true }]]) {
      const filter = [condition({ column: 1, operator: 'isNotNull' })];
      const result = await arrange({ spool, columns }, { sort, filter }, { signal: live, tell: () => {} });
      if ('tooLarge' in result) throw new Error('It did not fit');
      const found = await findCells(
        { spool, columns, arrangement: result.arrangement },
        { text: 'row 500', matchCase: false, from: 0, limit: 10 },
        live,
      );
      // Backwards by name: 900, 800, 700, 600, 500 ...
      expect(found.matches).toEqual([{ row: sort.length === 0 ? 5 : 4, column: 0 }]);
    }
  });
});
