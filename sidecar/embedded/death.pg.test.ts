import { readdir } from 'node:fs/promises';
import { afterAll, expect, test } from 'vitest';
import { startProgram, type ChildProgram } from '../test/childProgram.ts';
import { ask, EmbeddedFolders, embeddedServer, patient } from '../test/embeddedFolder.ts';
import { isAlive, listProcesses, serverPids } from '../test/processes.ts';
import type { EmbeddedAddress } from './server.ts';

const folders = new EmbeddedFolders();
afterAll(() => folders.remove());

interface Running {
  program: ChildProgram;
  address: EmbeddedAddress;
  server: number;
  guard: number;
  /** Every process of the server. */
  pids: number[];
}

async function startHost(folder: string): Promise<Running> {
  const program = startProgram('embeddedHost', [folder]);
  const line = await program.line((text) => text.includes('"address"'));
  const facts = JSON.parse(line) as { address: EmbeddedAddress; server: number; guard: number };
  const commandLine = listProcesses().find(({ pid }) => pid === facts.server)?.commandLine ?? '';
  const pids = serverPids(/hawser-[0-9a-f]{12}/.exec(commandLine)?.[0] ?? 'none');
  expect(pids).toContain(facts.server);
  return { program, ...facts, pids };
}

/** Waits until none of the processes is left, for as long as the guard is given. */
async function allGone(pids: number[]): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (pids.some(isAlive) && performance.now() < deadline) await pause(20);
  expect(pids.filter(isAlive)).toEqual([]);
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The next start in this process, to see what the last one left. */
async function shopAfterwards(folder: string): Promise<Record<string, unknown>[]> {
  const server = embeddedServer(folder);
  try {
    const address = await server.start(patient);
    return await ask(address, 'select count(*)::int as n from order_lines');
  } finally {
    await server.stop();
  }
}

const wholeShop = [{ n: 200_000 }];

test('a killed sidecar takes server and guard along, and the data is recovered', async () => {
  const folder = await folders.withSample();
  const { program, server, guard, pids } = await startHost(folder);
  program.process.kill('SIGKILL');
  await allGone([...pids, server, guard]);
  expect(await shopAfterwards(folder)).toEqual(wholeShop);
});

test('a sidecar killed while its server is frozen takes it along all the same', async () => {
  const { program, guard, pids } = await startHost(await folders.withSample());
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  program.process.kill('SIGKILL');
  await allGone([...pids, guard]);
});

test('a killed guard is replaced by one that does its duty', async () => {
  const { program, guard, pids } = await startHost(await folders.withSample());
  process.kill(guard, 'SIGKILL');
  const line = await program.line((text) => {
    const facts = JSON.parse(text) as { guard?: number; server?: number };
    return facts.guard !== undefined && facts.guard !== guard && facts.server === pids[0];
  });
  const replaced = (JSON.parse(line) as { guard: number }).guard;
  expect(pids.filter(isAlive)).toEqual(pids);
  program.process.kill('SIGKILL');
  await allGone([...pids, replaced]);
});

test('a guard that is killed again and again lets the server be stopped, not left alone', async () => {
  const { program, pids } = await startHost(await folders.withSample());
  const seen = new Set<number>();
  while (!program.lines.some((text) => text.includes('exited'))) {
    const { guard } = JSON.parse(program.lines.at(-1) ?? '{}') as { guard?: number };
    if (guard !== undefined && !seen.has(guard)) {
      seen.add(guard);
      if (isAlive(guard)) process.kill(guard, 'SIGKILL');
    }
    await pause(20);
  }
  await allGone(pids);
  expect(program.lines.find((text) => text.includes('exited'))).toContain('watches over');
  program.process.stdin?.end();
  expect((await program.ended).code).toBe(0);
});

test('a server whose sidecar and guard died together is ended by the next start', async () => {
  const folder = await folders.withSample();
  const { program, guard, pids } = await startHost(folder);
  process.kill(guard, 'SIGSTOP');
  program.process.kill('SIGKILL');
  await program.ended;
  process.kill(guard, 'SIGKILL');
  expect(pids.filter(isAlive)).toEqual(pids);
  expect(await shopAfterwards(folder)).toEqual(wholeShop);
  expect(pids.filter(isAlive)).toEqual([]);
});

test('killed in the midst of the first start it leaves no process, and the next start makes the whole shop', async () => {
  const folder = await folders.empty();
  const working = () => listProcesses().filter(({ commandLine }) => commandLine.includes(folder));
  for (const words of ['Preparing a PostgreSQL server', 'Making the sample shop']) {
    const program = startProgram('embeddedHost', [folder]);
    await program.line((text) => text.includes(words));
    await expect.poll(() => working().length, { timeout: 20_000 }).toBeGreaterThan(1);
    program.process.kill('SIGKILL');
    await program.ended;
    await allGone(working().map(({ pid }) => pid));
    expect(working()).toEqual([]);
  }
  expect((await readdir(folder)).some((name) => name.startsWith('making-'))).toBe(true);
  expect(await shopAfterwards(folder)).toEqual(wholeShop);
  expect((await readdir(folder)).some((name) => name.startsWith('making-'))).toBe(false);
});

test('the end of its standard input stops everything in order', async () => {
  const folder = await folders.withSample();
  const { program, guard, pids } = await startHost(folder);
  program.process.stdin?.end();
  expect((await program.ended).code).toBe(0);
  await allGone([...pids, guard]);
});
