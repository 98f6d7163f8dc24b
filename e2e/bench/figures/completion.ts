import { memoryMB } from '../memory.ts';
import { tail, type Figure, type FigureTable } from '../figure.ts';
import { timed } from '../measure.ts';
import type { OpenSidecar, World } from '../world.ts';

/** Of its own, so that no other figure meets its tables. */
const database = 'completed';
const tableCount = 5_000;
const rounds = 25;
/** Until every key has its answer. */
const limitMs = 50;
/** A search is typed more slowly, and looks at each column. */
const searchLimitMs = 150;

/** Whole words are typed letter by letter: each letter asks. */
const typed: readonly (readonly [string, string, string])[] = [
  ['a table', 'select * from ', 'table_4711'],
  ['a join', 'select * from many.table_77 t join ', 'table_76'],
  ['a column', 'select * from many.table_77 t join many.table_78 u on t.id = u.parent_id where t.', 'amount'],
  ['a function', 'select ', 'date_trunc'],
];

/** What typing costs in a database of thousands of tables. */
export const completion: FigureTable = {
  name: 'completion',
  title: `Completion at ${tableCount.toLocaleString('en-US')} tables`,
  async measure(world) {
    await makeTables(world);
    const open = await world.sidecar();
    const before = await memoryMB(open.sidecar.child.pid, 'now');
    const first = await readNames(open);
    const after = await memoryMB(open.sidecar.child.pid, 'now');
    const figures = [];
    for (const [what, text, word] of typed)
      figures.push(tail(`each letter of ${what}`, await letters(open, text, word), 0.95, limitMs));
    figures.push(tail('search across all', await searches(open), 0.95, searchLimitMs));
    await open.end();
    return [...figures, ...cost(first, before, after)];
  },
};

const cost = (ms: number, before: number | undefined, after: number | undefined): Figure[] => {
  const read: Figure = {
    what: 'all names read for the first time',
    value: ms,
    unit: 'ms',
    how: 'in the background of typing',
  };
  if (before === undefined || after === undefined) return [read];
  const how = `${Math.round(before)} MB before they are read`;
  return [read, { what: 'memory of the names', value: after - before, unit: 'MB', limit: 60, how }];
};

/** Ten columns each, and each refers to the one before. */
function makeTables(world: World): Promise<void> {
  const columns = `id bigint primary key, parent_id bigint, name text not null, amount numeric(10, 2), created_at timestamptz,
    updated_at timestamptz, note text, state int, kind text, flags int[]`;
  return world.prepare(`
    create database ${database};
    \\connect ${database}
    create schema many;
    do $do$ begin
      for n in 1..${tableCount} loop
        execute format('create unlogged table many.table_%s (${columns})', n);
        if n > 1 then
          execute format('alter table many.table_%s add foreign key (parent_id) references many.table_%s', n, n - 1);
        end if;
        if n % 200 = 0 then commit; end if;
      end loop;
    end $do$;`);
}

/** Until a table is offered. */
function readNames(open: OpenSidecar): Promise<number> {
  return timed(async () => {
    while ((await complete(open, 'select * from table_4711')) === 0) continue;
  });
}

async function complete({ sidecar, connectionId }: OpenSidecar, text: string): Promise<number> {
  const params = { connectionId, database, text, position: text.length };
  const { items } = await sidecar.call('catalog.complete', params);
  return items.filter(({ kind }) => kind !== 'keyword').length;
}

async function letters(open: OpenSidecar, text: string, word: string): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1)
    for (let length = 1; length <= word.length; length += 1)
      times.push(await timed(() => complete(open, text + word.slice(0, length))));
  return times;
}

async function searches({ sidecar, connectionId }: OpenSidecar): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1)
    for (const text of ['table_4711', 'amo', 'id', 'trunc'])
      times.push(await timed(() => sidecar.call('catalog.search', { connectionId, database, text })));
  return times;
}
