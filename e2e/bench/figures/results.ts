import { beside, type Figure, type FigureTable } from '../figure.ts';
import { memoryMB } from '../memory.ts';
import type { World } from '../world.ts';

const peer = 'psql -A -t';

/** Whole results in the sidecar, beside psql that throws them away. */
export const results: FigureTable = {
  name: 'results',
  title: 'Results, all rows spooled and counted',
  async measure(world) {
    const [million, tenMillion] = [await world.table('t1m'), await world.table('t10m')];
    return [
      await ratio(world, { what: 'select 1', sql: 'select 1', rounds: 15 }),
      await ratio(world, {
        what: '10,000 rows x 4',
        sql: `select * from ${million} limit 10000`,
        rounds: 15,
      }),
      await ratio(world, {
        what: '1 million rows x 4',
        sql: `select * from ${million}`,
        rounds: 7,
        limit: 0.8,
      }),
      await ratio(world, {
        what: '10 million rows x 2',
        sql: `select * from ${tenMillion}`,
        rounds: 5,
        limit: 0.6,
      }),
      ...(await peakMemory(world, '10 million rows', `select * from ${tenMillion}`)),
      ...(await peakMemory(world, 'a value of 600 MB', `select repeat('x', 600 * 1024 * 1024)`)),
    ];
  },
};

interface Compared {
  what: string;
  sql: string;
  rounds: number;
  limit?: number;
}

async function ratio(world: World, { sql, ...compared }: Compared): Promise<Figure> {
  const open = await world.sidecar();
  const ours = () => world.runFully(open, sql);
  const figure = await beside({ ...compared, ours, peer, theirs: () => world.psql(sql) });
  await open.end();
  return figure;
}

/** The value is refused as too large, and only its own backend goes with it. */
async function peakMemory(world: World, of: string, sql: string): Promise<Figure[]> {
  const open = await world.sidecar();
  const { pid } = open.sidecar.child;
  const idle = await memoryMB(pid, 'now');
  const ended = await world.run(open, sql);
  const value = await memoryMB(pid, 'peak');
  await world.runFully(open, 'select 1');
  await open.end();
  if (idle === undefined || value === undefined) return [];
  const { code } = (ended.error ?? {}) as { code?: string };
  const how = `${Math.round(idle)} MB before; it ended with ${code ?? String(ended.outcome)}`;
  return [{ what: `memory of the sidecar over ${of}, peak`, value, unit: 'MB', limit: 150, how }];
}
