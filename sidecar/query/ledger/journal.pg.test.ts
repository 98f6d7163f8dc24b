import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LedgerEntry } from '#shared/query/ledger.ts';
import { startFaultyProxy, type FaultyProxy } from '../../test/faultyProxy.ts';
import { startPostgres, type TestServer } from '../../test/postgresServer.ts';
import { SidecarProcess } from '../../test/sidecarProcess.ts';
import { isCommitting, letGo, slowTables } from '../../test/slowCommit.ts';
import { tempFolder } from '../../test/tempFolder.ts';

let server: TestServer;
let proxy: FaultyProxy;
let folder: Awaited<ReturnType<typeof tempFolder>>;
let sidecar: SidecarProcess;
let id: string;

beforeAll(async () => {
  server = await startPostgres();
  proxy = await startFaultyProxy(server);
  await server.query(slowTables);
});
afterAll(async () => {
  await proxy.close();
  await server.close();
});
beforeEach(async () => {
  await proxy.setMode({ kind: 'pass' });
  await server.query('truncate slow');
  folder = await tempFolder();
  sidecar = new SidecarProcess(folder.path);
  await attach();
  const { database, username } = server;
  const place = { host: proxy.host, port: proxy.port, database, username, tls: { mode: 'disable' } };
  const config = { name: 'journalled', ...place, credential: { source: 'session' } };
  ({ id } = (await sidecar.call('connection.save', { config })).config);
  await connect();
});
afterEach(async () => {
  await sidecar.end();
  await folder.remove();
});

const attach = (windowId = 'window') =>
  sidecar.call('session.attach', { protocolVersion: 1, windowId, replace: true });
const connect = () => sidecar.call('connection.connect', { id, secrets: { password: server.password } });
/** Another sidecar on the same folder. */
const startAgain = () => (sidecar = new SidecarProcess(folder.path));
const run = async (text: string, tabId = 'tab') =>
  expect((await sidecar.run(id, tabId, text)).ended).toMatchObject({ outcome: 'done' });
const list = async (tabId = 'tab') =>
  (await sidecar.call('ledger.list', { connectionId: id, tabId })).entries;
const told = (fits: (entry: LedgerEntry) => boolean = () => true) =>
  sidecar.heard('connection.ledger', (params) => fits(params as unknown as LedgerEntry));
const slow = async () => (await server.query('select n from slow')).map(({ n }) => n);

interface JournalLine {
  key: string;
  value?: { type: string };
}
const journalLines = () =>
  readFileSync(join(folder.path, 'journal.jsonl'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as JournalLine);

async function beginSlowCommit(n: number): Promise<void> {
  await run(`begin; insert into slow values (${n})`);
  await sidecar.call('query.run', { connectionId: id, tabId: 'tab', text: 'commit' });
  await expect.poll(() => isCommitting(server)).toBe(true);
}

describe('a sidecar that was killed', () => {
  it('has left word of what its tabs held, told once to the window that comes back', async () => {
    await run(`set work_mem = '7MB'; create temp table mine (); set app.key = 'hunter2'`);
    await run("begin; set lock_timeout = '5s'");
    await run("set work_mem = '8MB'", 'other');
    await run("set work_mem = '9MB'; reset work_mem", 'nothing');
    await sidecar.kill();
    expect(readFileSync(join(folder.path, 'journal.jsonl'), 'utf8')).not.toContain('hunter2');
    startAgain();
    const { snapshot } = await attach();
    const error = { code: 'SIDECAR_RESTARTED' };
    const lost = [
      { kind: 'transaction', value: 'open' },
      { kind: 'setting', name: 'work_mem', value: '7MB' },
      { kind: 'setting', name: 'app.key' },
      { kind: 'tempTable', name: 'mine' },
      { kind: 'setting', name: 'lock_timeout', value: '5s' },
    ];
    const entry = await told(({ tabId }) => tabId === 'tab');
    expect(entry).toMatchObject({ connectionId: id, error, lost: expect.arrayContaining(lost) as unknown });
    expect((entry as unknown as LedgerEntry).lost).toHaveLength(lost.length);
    expect(snapshot?.ledger?.map(({ tabId }) => tabId).sort()).toEqual(['other', 'tab']);
    expect(await list()).toMatchObject([{ error }]);
    expect(await list('nothing')).toEqual([]);
    // What was set can be set again, but for what was not written down.
    await connect();
    const { replayed } = await sidecar.call('ledger.replay', { connectionId: id, tabId: 'tab' });
    expect(replayed.map(({ name }) => name)).toEqual(['work_mem', 'lock_timeout']);
    await sidecar.call('ledger.dismiss', { connectionId: id, tabId: 'other' });
    await sidecar.kill();
    startAgain();
    await attach();
    expect((await list()).length).toBeGreaterThanOrEqual(1);
    expect(await list('other')).toEqual([]);
  });

  it('is no business of another window, unless the tab is there', async () => {
    await run('begin');
    await sidecar.kill();
    startAgain();
    const { snapshot } = await attach('another');
    expect(snapshot?.ledger).toEqual([]);
    expect(await list('some tab')).toEqual([]);
    const lost = [{ lost: [{ kind: 'transaction', value: 'open' }] }];
    expect(await list()).toMatchObject(lost);
    // It has taken nothing from the one that it belongs to.
    expect((await attach()).snapshot?.ledger).toMatchObject(lost);
    await sidecar.kill();
    startAgain();
    expect((await attach()).snapshot?.ledger).toMatchObject(lost);
  });

  it('has at no moment left no word: a loss is written down before what was held is crossed out', async () => {
    await run('begin');
    const { runId } = await sidecar.call('query.run', {
      connectionId: id,
      tabId: 'tab',
      text: 'select pg_sleep(60)',
    });
    const active = "from pg_stat_activity where query = 'select pg_sleep(60)'";
    await expect.poll(async () => (await server.query(`select ${active}`)).length).toBe(1);
    await server.query(`select pg_terminate_backend(pid) ${active}`);
    await sidecar.heard('query.runEnded', (params) => params.runId === runId);
    await told();
    const crossedOut = () =>
      journalLines().findLastIndex(({ key, value }) => key.startsWith('["held"') && !value);
    const lost = journalLines().findIndex(({ value }) => value?.type === 'loss');
    expect(lost).toBeGreaterThan(0);
    await expect.poll(crossedOut).toBeGreaterThan(lost);
    const held = journalLines().findIndex(({ value }) => value?.type === 'held');
    expect(
      journalLines()
        .slice(held, lost)
        .map(({ value }) => value),
    ).not.toContain(undefined);
  });

  it('amid a COMMIT is told what became of it, as soon as the connection is there', async () => {
    await beginSlowCommit(1);
    await proxy.setMode({ kind: 'blackhole' });
    await sidecar.kill();
    await letGo(server, 1);
    await expect.poll(slow).toEqual([1]);
    await proxy.setMode({ kind: 'pass' });
    startAgain();
    await attach();
    expect(await told()).toMatchObject({ judging: true, error: { outcome: 'unknown' } });
    await connect();
    const verdict = await told(({ commitOutcome }) => commitOutcome !== undefined);
    expect(verdict).toMatchObject({ tabId: 'tab', commitOutcome: 'committed' });
    expect(verdict).not.toHaveProperty('judging');
    expect(await list()).toMatchObject([{ commitOutcome: 'committed' }]);
  });

  it('amid a COMMIT that failed is told that, too', async () => {
    await beginSlowCommit(2);
    await proxy.setMode({ kind: 'blackhole' });
    await server.query("select pg_terminate_backend(pid) from pg_stat_activity where query = 'commit'");
    await sidecar.kill();
    await proxy.setMode({ kind: 'pass' });
    startAgain();
    await attach();
    await connect();
    expect(await told(({ commitOutcome }) => commitOutcome !== undefined)).toMatchObject({
      commitOutcome: 'rolledBack',
    });
    expect(await slow()).toEqual([]);
  });
});

describe('a sidecar that ended in order', () => {
  it('tells only of the transaction that nobody had committed', async () => {
    await run("set work_mem = '7MB'; begin");
    await run("set work_mem = '8MB'", 'other');
    await run('begin; create table never (); commit', 'done');
    await sidecar.end();
    startAgain();
    const { snapshot } = await attach();
    expect(snapshot?.ledger).toMatchObject([
      { tabId: 'tab', error: { code: 'SIDECAR_RESTARTED' }, lost: [{ kind: 'transaction', value: 'open' }] },
    ]);
    expect(snapshot?.ledger).toHaveLength(1);
  });

  it('keeps nothing of what the user closed or ended himself', async () => {
    await run('begin');
    await sidecar.call('query.close', { tabId: 'tab' });
    await run('begin', 'other');
    await sidecar.call('transaction.rollback', { tabId: 'other' });
    await sidecar.kill();
    startAgain();
    expect((await attach()).snapshot?.ledger).toEqual([]);
  });
});
