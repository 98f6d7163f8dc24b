import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { MethodInput } from '#shared/contract/derive.ts';
import { SidecarProcess } from '../../../sidecar/test/sidecarProcess.ts';
import { tempFolder } from '../../../sidecar/test/tempFolder.ts';
import { beside, tail, type Figure, type FigureTable } from '../figure.ts';
import { median, timed } from '../measure.ts';
import { memoryMB } from '../memory.ts';

const statements = 1_000_000;
const sessions = 10_000;
const rounds = 15;
/** The history answers sooner, so that what takes longer comes in parts: these must be whole. */
const limitMs = 100;
const indexLimitMs = 300_000;

type Search = Omit<MethodInput<'history.search'>, 'limit'>;

/** What is looked for, and how many of it are found on the first page. */
const searches: readonly (readonly [what: string, search: Search, found: number])[] = [
  ['nothing, which is the newest', {}, 100],
  ['a word of one entry, the oldest', { text: 'zanzibar' }, 1],
  ['a word of every second entry', { text: 'orders' }, 100],
  ['three words and a part of one', { text: 'sum LEDGER invo limit' }, 100],
  ['a word of none', { text: 'nonexistent_table' }, 0],
  ['three letters of none', { text: 'qqq' }, 0],
  [
    'errors of one connection with a word',
    { text: 'ledger', outcomes: ['failed'], connectionId: 'c-1' },
    100,
  ],
  ['an outcome of none', { outcomes: ['lost'] }, 0],
  ['the oldest ten days', { to: Date.now() - 20 * 86_400_000 }, 100],
];

/** A long memory, looked through and carried along. */
export const history: FigureTable = {
  name: 'history',
  title: `${statements.toLocaleString('en')} statements in the history, and ${sessions.toLocaleString('en')} kept sessions`,
  async measure() {
    const empty = await tempFolder();
    const full = await tempFolder();
    try {
      await writeHistory(path.join(full.path, 'history.jsonl'));
      await keepSessions(full.path);
      const found = await measureSearches(full.path);
      return [await measureStarts(full.path, empty.path), ...found];
    } finally {
      await Promise.all([empty.remove(), full.remove()]);
    }
  },
};

/** A sidecar with a window, which is ended whatever comes of the work. */
async function withSidecar<T>(dataDir: string, work: (sidecar: SidecarProcess) => Promise<T>): Promise<T> {
  const sidecar = new SidecarProcess(dataDir);
  try {
    await sidecar.call('session.attach', { protocolVersion: 1, windowId: 'bench' });
    return await work(sidecar);
  } finally {
    await sidecar.end();
  }
}

function measureStarts(full: string, empty: string): Promise<Figure> {
  const start = (dataDir: string) => () => {
    const from = performance.now();
    return withSidecar(dataDir, () => Promise.resolve(performance.now() - from));
  };
  const what = 'process start to attached, with all of that';
  const peer = 'an empty folder';
  return beside({ what, ours: start(full), peer, theirs: start(empty), rounds, limit: 1.5 });
}

async function measureSearches(dataDir: string): Promise<Figure[]> {
  const indexMs = await withSidecar(dataDir, makeIndex);
  const firsts: number[] = [];
  for (let round = 0; round < 5; round += 1) firsts.push(await withSidecar(dataDir, firstSearch));
  return withSidecar(dataDir, async (sidecar) => {
    await sidecar.call('settings.get', {});
    const before = await memoryMB(sidecar.child.pid, 'now');
    const figures: Figure[] = [];
    for (const [what, asked, count] of searches) {
      const times: number[] = [];
      for (let round = 0; round < rounds; round += 1)
        times.push(
          await timed(async () => {
            const { entries, complete } = await searchFor(sidecar, asked);
            // A page that was not filled in time goes on from where it ended.
            if (entries.length !== count && (complete || count < 100))
              throw new Error(`${what}: ${entries.length} found, complete: ${complete}`);
          }),
        );
      figures.push(tail(`search for ${what}`, times, 0.95, limitMs));
    }
    const after = await memoryMB(sidecar.child.pid, 'now');
    const how = `the index of all of it made anew in ${(indexMs / 1_000).toFixed(1)} s`;
    figures.unshift({
      what: 'the first search after a start',
      value: median(firsts),
      unit: 'ms',
      limit: limitMs,
      how,
    });
    if (before === undefined || after === undefined) return figures;
    const grown = { what: 'memory that searching takes', value: after - before, unit: 'MB' as const };
    return [...figures, { ...grown, how: `${before.toFixed(0)} MB before` }];
  });
}

/** Behind what a sidecar still has to do once its window is attached. */
async function firstSearch(sidecar: SidecarProcess): Promise<number> {
  await sidecar.call('settings.get', {});
  return timed(() => searchFor(sidecar, { text: 'zanzibar' }));
}

const searchFor = (sidecar: SidecarProcess, search: Search) =>
  sidecar.call('history.search', { ...search, limit: 100 });

/** The journal was not written by a sidecar, which makes the index when it is first asked. */
async function makeIndex(sidecar: SidecarProcess): Promise<number> {
  return timed(async () => {
    const deadline = performance.now() + indexLimitMs;
    while ((await searchFor(sidecar, {})).entries.length === 0) {
      if (performance.now() > deadline) throw new Error('The history was not ready in time.');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });
}

async function writeHistory(file: string): Promise<void> {
  const out = createWriteStream(file, { mode: 0o600 });
  const random = randomNumbers();
  const beganAt = Date.now() - 29 * 86_400_000;
  for (let id = 1; id <= statements; id += 1000) {
    const lines = Array.from({ length: 1000 }, (_, at) => lineOf(id + at, beganAt, random));
    if (!out.write(lines.join(''))) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
}

const names =
  'orders customers products shipments invoices payments events users ledger prices returns reviews';
const tables = names.split(' ');

function lineOf(id: number, beganAt: number, random: (below: number) => number): string {
  const table = () => tables[random(tables.length)];
  const text =
    `select ${table()}.id, ${table()}.name, sum(total) as total_${random(50)}\nfrom ${table()}\njoin ${table()} using (id)\n` +
    `where created_at > now() - interval '${random(90)} days' and id = ${random(1_000_000)}\n` +
    `group by 1, 2 order by 3 desc limit ${random(1_000)}${id === 1 ? ' -- zanzibar' : ''}`;
  const error = { code: 'QUERY_FAILED', message: 'The relation does not exist.', sqlstate: '42P01' };
  const entry = {
    favourite: 0,
    id,
    at: beganAt + id * 2_500,
    sessionId: 'session-0b6a2cf0-6a51-4d5c-8d0d-2f9b8f3f4c11',
    tabId: 'a2d9e1f4-5b7c-4f11-9a58-c7d0e9a1b2c3',
    connectionId: `c-${random(4)}`,
    connection: 'Shop',
    database: 'shop',
    durationMs: random(1_000),
    outcome: id % 20 === 0 ? 'failed' : 'done',
    ...(id % 20 === 0 ? { error } : { rows: random(1_000), commandTag: 'SELECT 1' }),
    length: text.length,
    text,
  };
  return `${JSON.stringify(entry)}\n`;
}

/** The same numbers each time. */
function randomNumbers(): (below: number) => number {
  let state = 1;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    const once = Math.imul(state ^ (state >>> 15), 1 | state);
    const twice = (once + Math.imul(once ^ (once >>> 7), 61 | once)) ^ once;
    return ((twice ^ (twice >>> 14)) >>> 0) % below;
  };
}

/** One real session, and so many like it. */
async function keepSessions(dataDir: string): Promise<void> {
  const id = randomUUID();
  const document = { id, title: 'query 1', text: 'select 1;\n'.repeat(200), sortOrder: 0 };
  await withSidecar(dataDir, (sidecar) => sidecar.call('document.save', { document }));
  const folder = path.join(dataDir, 'sessions');
  await mkdir(folder, { recursive: true });
  const [name] = (await readdir(folder)).filter((each) => each.endsWith('.json'));
  if (name === undefined) throw new Error('No session was kept.');
  const first = path.basename(name, '.json');
  const text = await readFile(path.join(folder, name), 'utf8');
  for (let number = 1; number < sessions; number += 1) {
    const other = `${first.slice(0, -5)}${String(number).padStart(5, '0')}`;
    await writeFile(path.join(folder, `${other}.json`), text.replaceAll(first, other), { mode: 0o600 });
  }
}
