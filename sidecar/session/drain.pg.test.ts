import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { MethodResult } from '#shared/contract/derive.ts';
import { asError } from '../lib/asError.ts';
import { startPostgres, type TestServer } from '../test/postgresServer.ts';
import { RpcError, SidecarProcess } from '../test/sidecarProcess.ts';
import { tempFolder } from '../test/tempFolder.ts';

let server: TestServer;
let folder: Awaited<ReturnType<typeof tempFolder>>;
let sidecar: SidecarProcess;
let id: string;

beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.close());
afterEach(async () => {
  await sidecar.end();
  await folder.remove();
});
beforeEach(async () => {
  folder = await tempFolder();
  sidecar = new SidecarProcess(folder.path);
  await attach('w', 0);
  const { host, port, database, username, password } = server;
  const config = { name: 'c', host, port, database, username, credential: { source: 'session' } };
  id = (await sidecar.call('connection.save', { config, secrets: { password } })).config.id;
  await sidecar.call('connection.connect', { id });
});

async function attach(windowId: string, channel: number, more: object = {}) {
  const params = { protocolVersion: 1, windowId, ...more };
  const { result } = await sidecar.request({ method: 'session.attach', params, channel });
  return result as MethodResult<'session.attach'>;
}

/** A lock that this test holds decides when the statement may end. */
async function runUntilReleased(): Promise<{ runId: string; release: () => Promise<unknown> }> {
  await server.query('create table if not exists held (n int); truncate held; insert into held values (0)');
  const text =
    'do $$ begin while not exists (select from held where n > 0) loop perform pg_sleep(0.01); end loop; end $$';
  const { runId } = await sidecar.call('query.run', { connectionId: id, tabId: 't', text });
  const active = "select from pg_stat_activity where query like 'do $$ begin while%' and state = 'active'";
  await expect.poll(async () => (await server.query(active)).length).toBe(1);
  return { runId, release: () => server.query('update held set n = 1') };
}

describe('a sidecar that is told to end', () => {
  it('waits for what runs, says so to all windows, and begins nothing new', async () => {
    const second = await attach('second', 2);
    const { runId, release } = await runUntilReleased();
    const exit = once(sidecar.child, 'exit');
    sidecar.child.kill('SIGTERM');
    const told = () => sidecar.notifications.filter(({ method }) => method === 'session.draining');
    await sidecar.until(() => told().length === 2 || undefined, 'the end in both windows');
    const until = Number(told()[0]?.params.until);
    expect(until).toBeGreaterThan(Date.now() + 10_000);

    const refused = await attach('new', 3);
    expect(refused).toMatchObject({ outcome: 'failed', reason: 'DRAINING' });
    expect(refused.retryAfterMs).toBeGreaterThan(10_000);
    const begin = sidecar.call('query.run', { connectionId: id, tabId: 'other', text: 'select 1' });
    await expect(begin).rejects.toMatchObject({ code: 'DRAINING', envelope: { outcome: 'none' } });
    expect(await sidecar.call('query.split', { text: 'select 1; select 2' })).toMatchObject({
      statements: [{}, {}],
    });
    await sidecar.request({ method: 'session.detach', params: {}, channel: 2 });
    const back = await attach('second', 4, { token: second.token });
    expect(back.snapshot?.drainingUntil, 'who comes back is told').toBe(until);

    await release();
    expect(await sidecar.heard('query.runEnded', (params) => params.runId === runId)).toMatchObject({
      outcome: 'done',
    });
    expect(await exit).toEqual([0, null]);
  });

  it.each([
    ['twice', () => sidecar.child.kill('SIGTERM')],
    ['by one who then goes', () => sidecar.child.stdin.end()],
  ])('%s waits for nothing', async (_, again) => {
    const { release } = await runUntilReleased();
    const exit = once(sidecar.child, 'exit');
    sidecar.child.kill('SIGTERM');
    await sidecar.heard('session.draining');
    const from = performance.now();
    again();
    expect(await exit).toEqual([0, null]);
    expect(performance.now() - from).toBeLessThan(4_000);
    await release();
  });

  it('confirms no text any more once it has begun to close its files', async () => {
    await runUntilReleased();
    const exit = once(sidecar.child, 'exit');
    const tabId = randomUUID();
    const document = (text: string) => ({ id: tabId, title: 'typed', text });
    let confirmed = 'text 0';
    let refused: object | undefined;
    await sidecar.call('document.save', { document: document(confirmed) });
    sidecar.child.kill('SIGTERM');
    await sidecar.heard('session.draining');
    sidecar.child.kill('SIGTERM');
    for (let count = 1; sidecar.child.exitCode === null && refused === undefined; count += 1) {
      const saved = sidecar.call('document.save', { document: document(`text ${count}`) });
      const gone = exit.then(() => new Error('gone'));
      const outcome = await Promise.race([saved.catch(asError), gone]);
      if (outcome instanceof Error) refused = outcome;
      else confirmed = `text ${count}`;
    }
    await exit;
    const kept = JSON.parse(await readFile(join(folder.path, 'documents.json'), 'utf8')) as unknown;
    expect(kept).toMatchObject({ documents: [{ text: confirmed }] });
    if (refused instanceof RpcError) expect(refused.code).toBe('DRAINING');
  });

  it('ends at once where nothing runs', async () => {
    sidecar.child.kill('SIGTERM');
    expect(await once(sidecar.child, 'exit')).toEqual([0, null]);
    expect(sidecar.notifications.filter(({ method }) => method === 'session.draining')).toEqual([]);
  });
});
