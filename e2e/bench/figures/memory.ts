import { randomUUID } from 'node:crypto';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SidecarProcess } from '../../../sidecar/test/sidecarProcess.ts';
import { tempFolder } from '../../../sidecar/test/tempFolder.ts';
import { beside, tail, type Figure, type FigureTable } from '../figure.ts';
import { median, timed } from '../measure.ts';
import { runProgram } from '../program.ts';
import type { World } from '../world.ts';

const manySessions = 10_000;
const windows = 100;
const textBytes = 100_000;
/** What a disk that other programs keep busy takes to say that it has something. */
const slowMs = 200;
const keysPerPhase = 300;
/** The texts of open tabs beside the one that is typed in: none, and nearly as many as are kept at all. */
const stores = { 'small store': 0, 'full store': 50 } as const;

/** What it costs that windows are remembered. */
export const memory: FigureTable = {
  name: 'memory',
  title: 'Kept sessions',
  measure: async (world) => {
    const figures = await manyKept();
    for (const [store, tabs] of Object.entries(stores)) figures.push(...(await slowDisk(world, store, tabs)));
    return figures;
  },
};

const attach = (sidecar: SidecarProcess) =>
  sidecar.call('session.attach', { protocolVersion: 1, windowId: 'bench' });

async function startOn(folder: string): Promise<number> {
  const from = performance.now();
  const sidecar = new SidecarProcess(folder);
  await attach(sidecar);
  const took = performance.now() - from;
  await sidecar.end();
  return took;
}

/** Starts, lists and searches with as many sessions as years of work leave. */
async function manyKept(): Promise<Figure[]> {
  const [empty, full] = [await tempFolder(), await tempFolder()];
  try {
    await keepMany(full.path);
    const start = await beside({
      what: `process start to attached, with ${manySessions.toLocaleString('en')} kept sessions`,
      ours: () => startOn(full.path),
      peer: 'an empty folder',
      theirs: () => startOn(empty.path),
      rounds: 11,
      limit: 1.5,
    });
    const sidecar = new SidecarProcess(full.path);
    await attach(sidecar);
    const pages: number[] = [];
    for (let count = 0; count < 20; count += 1)
      pages.push(await timed(() => sidecar.call('sessions.list', {})));
    const search = await timed(() => searchAll(sidecar, 'nowhere to be found'));
    await sidecar.end();
    const how = 'in parts of a quarter of a second, each shown as it comes';
    return [
      start,
      tail('first page of the list', pages, 0.95, 500),
      { what: 'search for what no session holds, to its end', value: search, unit: 'ms', how },
    ];
  } finally {
    await Promise.all([empty.remove(), full.remove()]);
  }
}

/** One that a sidecar has kept, many times over. */
async function keepMany(folder: string): Promise<void> {
  const sidecar = new SidecarProcess(folder);
  await attach(sidecar);
  const text = 'select * from orders where id = 1;\n'.repeat(100);
  await sidecar.call('document.save', { document: { id: randomUUID(), title: 'orders', text } });
  await sidecar.end();
  const sessions = path.join(folder, 'sessions');
  const [name = ''] = await readdir(sessions);
  const kept = await readFile(path.join(sessions, name), 'utf8');
  const id = name.replace('.json', '');
  await mkdir(sessions, { recursive: true });
  for (let count = 0; count < manySessions; count += 1) {
    const other = randomUUID();
    await writeFile(path.join(sessions, `${other}.json`), kept.replaceAll(id, other), { mode: 0o600 });
  }
}

async function searchAll(sidecar: SidecarProcess, text: string): Promise<void> {
  let before: string | undefined;
  do {
    const page = await sidecar.call('sessions.list', { text, ...(before === undefined ? {} : { before }) });
    before = page.next;
  } while (before !== undefined);
}

/**
 * Typing and the news of a connection, before and while a hundred sessions are written to a disk that takes its time. All
 * else is the same: the windows of these sessions are gone again, for each one that is there is told what is typed.
 */
async function slowDisk(world: World, store: string, tabs: number): Promise<Figure[]> {
  const folder = await tempFolder();
  const sidecar = new SidecarProcess(folder.path, { env: { LD_PRELOAD: await slowSync(folder.path) } });
  try {
    await attach(sidecar);
    const { config } = await sidecar.call('connection.save', world.definition());
    const sessions = path.join(folder.path, 'sessions');
    for (let tab = 0; tab < tabs; tab += 1) await sidecar.call('document.save', { document: longText(tab) });
    await typed(sidecar, config.id);
    const before = await typed(sidecar, config.id);
    await manyWindows(sidecar);
    const during = await typed(sidecar, config.id);
    const written = (await readdir(sessions)).filter((name) => name.endsWith('.json')).length;
    if (written >= windows) throw new Error('All sessions were written before the measurement had ended.');
    const how = `each write waits ${slowMs} ms twice; ${written} of ${windows} were written by the end`;
    return (['saves', 'news'] as const).flatMap((name): Figure[] => {
      const what = `${name === 'saves' ? 'text accepted' : 'status of a connection told'}, ${store}`;
      const ratio = median(during[name]) / median(before[name]);
      const unit = '' as const;
      return [
        {
          what: `${what}: beside before ${windows} sessions are written to a slow disk`,
          value: ratio,
          unit,
          limit: 1.25,
          how,
        },
        tail(`${what}, meanwhile`, during[name], 0.95, 20),
        tail(`${what}, before`, before[name], 0.95, 20),
      ];
    });
  } finally {
    await sidecar.kill();
    await folder.remove();
  }
}

/** A library that makes each fsync wait, as a disk would: the calls of the process under test alone. */
async function slowSync(folder: string): Promise<string> {
  const [source, library] = [path.join(folder, 'slowSync.c'), path.join(folder, 'slowSync.so')];
  await writeFile(
    source,
    `#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>
static int slow(const char *name, int fd) {
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
  usleep(${slowMs} * 1000);
  return real(fd);
}
int fsync(int fd) { return slow("fsync", fd); }
int fdatasync(int fd) { return slow("fdatasync", fd); }
`,
  );
  await runProgram('gcc', ['-shared', '-fPIC', '-o', library, source, '-ldl']);
  return library;
}

const longText = (number: number) => ({
  id: randomUUID(),
  title: `orders ${number}`,
  text: 'select 1;\n'.repeat(textBytes / 10),
});

/** Each window types a text, closes its tab and goes, so that all of them are to be written at once. */
async function manyWindows(sidecar: SidecarProcess): Promise<void> {
  const channels = Array.from({ length: windows }, (_, index) => index + 1);
  const removals: Promise<unknown>[] = [];
  for (const channel of channels) {
    const params = { protocolVersion: 1, windowId: `window ${channel}` };
    await sidecar.request({ method: 'session.attach', params, channel });
    const document = longText(channel);
    await sidecar.request({ method: 'document.save', params: { document }, channel });
    removals.push(sidecar.request({ method: 'document.remove', params: { id: document.id }, channel }));
  }
  await Promise.all(removals);
  for (const channel of channels) await sidecar.request({ method: 'session.detach', params: {}, channel });
}

/** A text saved at each key, and a connection that comes and goes. */
async function typed(sidecar: SidecarProcess, connectionId: string) {
  const times = { saves: [] as number[], news: [] as number[] };
  const id = randomUUID();
  for (let count = 0; count < keysPerPhase; count += 1) {
    const document = { id, title: 'typed', text: 'x'.repeat(count) };
    times.saves.push(await timed(() => sidecar.call('document.save', { document })));
    if (count % 15 === 0) times.news.push(await newsOf(sidecar, connectionId));
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return times;
}

/** From asking for a connection until the window is told that it is being made. */
async function newsOf(sidecar: SidecarProcess, id: string): Promise<number> {
  sidecar.notifications.length = 0;
  const from = performance.now();
  const connected = sidecar.call('connection.connect', { id });
  await sidecar.heard('connection.statusChanged', ({ status }) => status === 'connecting');
  const took = performance.now() - from;
  await connected;
  await sidecar.call('connection.disconnect', { id });
  return took;
}
