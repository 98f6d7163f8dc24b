import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { tempFolder } from '../../../sidecar/test/tempFolder.ts';
import { beside, type Figure, type FigureTable } from '../figure.ts';
import { timed } from '../measure.ts';
import { runProgram } from '../program.ts';
import type { World } from '../world.ts';

/** Drivers that other clients in JavaScript fetch their rows with, each as its manual shows it. */
const drivers = {
  pg: `import pg from 'pg';
    const client = new pg.Client();
    await client.connect();
    const { rows } = await client.query(process.argv[2]);
    if (rows.length !== 1000000) process.exit(1);
    await client.end();`,
  postgres: `import postgres from 'postgres';
    const sql = postgres();
    const rows = await sql.unsafe(process.argv[2]);
    if (rows.length !== 1000000) process.exit(1);
    await sql.end();`,
};

/** What others use for the same, fetched for this run alone; where that cannot be had the reason is told. */
export const peers: FigureTable = {
  name: 'peers',
  title: 'Peers',
  async measure(world) {
    const folder = await tempFolder();
    const sql = `select * from ${await world.table('t1m')}`;
    const open = await world.sidecar();
    const figures: Figure[] = [];
    for (const [name, text] of Object.entries(drivers))
      figures.push(
        ...(await against(world, { name, text, sql, folder: folder.path }, () => world.runFully(open, sql))),
      );
    await open.end();
    await folder.remove();
    return figures;
  },
};

interface Driver {
  name: string;
  text: string;
  sql: string;
  folder: string;
}

async function against(
  world: World,
  { name, text, sql, folder }: Driver,
  ours: () => Promise<number>,
): Promise<Figure[]> {
  const file = path.join(folder, `${name}.mjs`);
  try {
    await writeFile(file, text);
    await runProgram('npm', ['install', '--silent', '--no-save', '--prefix', folder, name], { cwd: folder });
  } catch (error) {
    console.log(`No figures of ${name}, which cannot be fetched here: ${(error as Error).message}`);
    return [];
  }
  const { host, port, database, username, password } = world.server;
  const env = {
    PGHOST: host,
    PGPORT: String(port),
    PGDATABASE: database,
    PGUSER: username,
    PGPASSWORD: password,
  };
  const theirs = () => timed(() => runProgram(process.execPath, [file, sql], { env }));
  const what = `1 million rows x 4, beside the driver ${name}`;
  return [await beside({ what, ours, peer: `a process with ${name}`, theirs, rounds: 3 })];
}
