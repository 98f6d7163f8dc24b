import type { FigureTable } from '../figure.ts';
import { median, percentile, timed } from '../measure.ts';
import { memoryMB } from '../memory.ts';
import type { OpenSidecar, World } from '../world.ts';

const tables = 20_000;
const database = 'many_tables';
const rounds = 7;

/** A server's catalog of 20,000 tables, opened as the tree does it: the schemas, and then the tables of the large one. */
export const catalog: FigureTable = {
  name: 'catalog',
  title: `A catalog of ${tables.toLocaleString('en')} tables`,
  async measure(world) {
    await makeTables(world);
    const open = await world.sidecar();
    const first = await timed(() => openTree(open));
    const opened = await memoryMB(open.sidecar.child.pid, 'peak');
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      // Nothing of it is fresh then, and all of it is read from the server.
      await open.sidecar.call('catalog.refresh', { connectionId: open.connectionId, database });
      times.push(await timed(() => openTree(open)));
    }
    const kept = await timed(() => openTree(open));
    const later = await memoryMB(open.sidecar.child.pid, 'now');
    await open.end();
    const how = `first ${first.toFixed(0)} ms, longest ${percentile(times, 1).toFixed(0)} ms, from memory ${kept.toFixed(0)} ms`;
    return [
      { what: 'tree open, read from the server', value: median(times), unit: 'ms', limit: 300, how },
      ...(opened === undefined
        ? []
        : [
            {
              what: 'memory of the sidecar with the tree open, peak',
              value: opened,
              unit: 'MB' as const,
              limit: 150,
              how: `${later?.toFixed(0)} MB after it was read ${rounds} times more`,
            },
          ]),
    ];
  },
};

async function makeTables(world: World): Promise<void> {
  // A thousand at a time: each holds its locks until its transaction ends.
  const batch = (from: number): string => `do $$ begin
    for n in ${from}..${from + 999} loop
      execute format('create table part_%s (id int primary key, name text, at timestamptz, amount numeric)', n);
    end loop; end $$;`;
  const batches = Array.from({ length: tables / 1_000 }, (_, index) => batch(index * 1_000));
  await world.prepare(
    `create database ${database};\n\\connect ${database}\n${batches.join('\n')}\nvacuum analyze pg_catalog.pg_class;`,
  );
}

async function openTree({ sidecar, connectionId }: OpenSidecar): Promise<void> {
  const place = { connectionId, database };
  const { schemas } = await sidecar.call('catalog.schemas', place);
  if (!schemas.some(({ name }) => name === 'public')) throw new Error('There is no schema public.');
  const { total } = await sidecar.call('catalog.objects', { ...place, schema: 'public', kind: 'table' });
  if (total !== tables) throw new Error(`${total} tables came, not ${tables}.`);
}
