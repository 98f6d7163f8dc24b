import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tempFolder } from '../../../sidecar/test/tempFolder.ts';
import { beside, type Figure, type FigureTable } from '../figure.ts';
import { timed } from '../measure.ts';
import type { World } from '../world.ts';

const rounds = 5;
const limit = 1.3;
const peer = 'psql \\copy';

/** Rows in a file, beside psql's own way there; both files must be the same to the byte. */
export const exporting: FigureTable = {
  name: 'export',
  title: 'CSV export of 1 million rows x 4, with a header',
  async measure(world) {
    const sql = `select * from ${await world.table('t1m')}`;
    const folder = await tempFolder();
    const [own, copied] = [join(folder.path, 'own.csv'), join(folder.path, 'copied.csv')];
    const theirs = () =>
      timed(() => world.psqlText(['-c', `\\copy (${sql}) to '${copied}' with (format csv, header)`]));
    const figures = [await straight(world, { sql, own, theirs })];
    await same(own, copied);
    figures.push(await fromResult(world, { sql, own, theirs }));
    await same(own, copied);
    await folder.remove();
    return figures;
  },
};

interface Compared {
  sql: string;
  own: string;
  theirs: () => Promise<number>;
}

async function straight(world: World, { sql, own, theirs }: Compared): Promise<Figure> {
  const { sidecar, connectionId, end } = await world.sidecar();
  const ours = () =>
    timed(async () => {
      const saveTo = { path: own, format: 'csv' } as const;
      const { ended } = await sidecar.run(connectionId, 'bench', sql, { saveTo });
      if (ended.outcome !== 'done') throw new Error(JSON.stringify(ended));
      sidecar.notifications.length = 0;
    });
  const figure = await beside({ what: 'straight from the server', ours, peer, theirs, rounds, limit });
  await end();
  return figure;
}

async function fromResult(world: World, { sql, own, theirs }: Compared): Promise<Figure> {
  const { sidecar, connectionId, end } = await world.sidecar();
  const { results } = await sidecar.run(connectionId, 'bench', sql);
  const resultId = String(results[0]?.resultId);
  const ours = () => timed(() => sidecar.call('query.export', { resultId, format: 'csv', path: own }));
  const figure = await beside({ what: 'from a result that is shown', ours, peer, theirs, rounds, limit });
  await end();
  return figure;
}

async function same(own: string, copied: string): Promise<void> {
  const [ours, theirs] = await Promise.all([readFile(own), readFile(copied)]);
  if (!ours.equals(theirs)) throw new Error('The exported CSV is not what psql writes.');
}
