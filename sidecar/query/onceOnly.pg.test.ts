import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { startFaultyProxy, type FaultyProxy } from '../test/faultyProxy.ts';
import { startPostgres, type TestServer } from '../test/postgresServer.ts';
import { openRunStage, type RunStage } from '../test/runStage.ts';

/** Bytes that come through before the cut, from none at all to the end of the exchange; COMMIT comes last. */
const places = [...range(0, 92, 8), ...range(92, 140, 2)];

let server: TestServer;
let proxy: FaultyProxy;
let stage: RunStage;
let runs = 0;

beforeAll(async () => {
  server = await startPostgres();
  proxy = await startFaultyProxy(server);
  await server.query('create table counted (run int)');
});
afterAll(async () => {
  await proxy.close();
  await server.close();
});
beforeEach(async () => {
  await proxy.setMode({ kind: 'pass' });
  const { database, username, password } = server;
  stage = await openRunStage({ host: proxy.host, port: proxy.port, database, username, password });
});
afterEach(() => stage.close());

const isBack = () => stage.connections.status(stage.connectionId).status === 'connected' || undefined;

/** What the window was told in the end of what became of the COMMIT of this tab. */
const verdictOf = (tabId: string) =>
  stage.notifications
    .flatMap(({ method, params }) => (method === 'connection.ledger' ? [params] : []))
    .filter((entry) => entry.tabId === tabId)
    .at(-1);

/** Runs a text while the link is cut after so many bytes, with all other links or alone; then all is well again. */
async function cutIn(text: string, from: 'client' | 'server', afterBytes: number, all: boolean) {
  const run = (runs += 1);
  const tabId = `tab ${run}`;
  await stage.until(isBack);
  // A backend that is there already: it is the text that is to be cut, not a login.
  await stage.run('begin', { tabId });
  await stage.run('rollback; select 1', { tabId });
  await stage.run('begin', { tabId });
  await proxy.setMode({ kind: 'cut', from, afterBytes });
  const { ended } = await stage.run(text.replaceAll('?', String(run)), { tabId });
  if (all) proxy.reset();
  await proxy.setMode({ kind: 'pass' });
  await stage.until(isBack);
  const known = ended.outcome === 'done' ? undefined : ended.error;
  const entry = await stage.until(() => {
    const found = verdictOf(tabId);
    return found?.judging === true ? undefined : (found ?? (known ? undefined : ('none' as const)));
  });
  await stage.runs.close('s', { tabId });
  const rows = await server.query(`select from counted where run = ${run}`);
  return { ended, entry, count: rows.length };
}

for (const from of ['client', 'server'] as const)
  it(`no statement runs twice and no verdict is wrong, wherever the link is cut on its way from the ${from}`, async () => {
    const seen: Record<string, number> = {};
    for (const [at, afterBytes] of places.entries()) {
      const { ended, entry, count } = await cutIn(
        'insert into counted values (?); commit',
        from,
        afterBytes,
        at % 3 === 0,
      );
      const place = `${from} ${afterBytes}`;
      expect(count, place).toBeLessThanOrEqual(1);
      const told = entry === 'none' ? 'done' : (entry.commitOutcome ?? 'transaction lost');
      seen[told] = (seen[told] ?? 0) + 1;
      if (ended.outcome === 'done') expect(count, place).toBe(1);
      // A beat that was cut takes all backends with it, at times before the text has begun.
      else if (ended.outcome === 'failed') expect(ended.error, place).toMatchObject({ outcome: 'none' });
      else expect(ended, place).toMatchObject({ outcome: 'lost' });
      if (entry === 'none') continue;
      // Only a COMMIT that was written to the socket can be in doubt; then the server has the last word.
      expect(entry.lost, place).toMatchObject([{ kind: 'transaction', value: 'open' }]);
      expect(count, place).toBe(told === 'committed' ? 1 : 0);
      expect([told, entry.unknownReason], place).toEqual([told, undefined]);
      expect(ended.error?.reason === 'commitLost', place).toBe(entry.commitOutcome !== undefined);
    }
    // Each of these must have been met, or the cuts were at the wrong places.
    expect(seen).toMatchObject(
      from === 'client'
        ? { rolledBack: expect.any(Number) as number, 'transaction lost': expect.any(Number) as number }
        : { committed: expect.any(Number) as number, 'transaction lost': expect.any(Number) as number },
    );
  }, 180_000);

it('a statement outside a transaction runs once at most, and its run says when it is not known', async () => {
  for (const [at, afterBytes] of places.slice(0, 12).entries()) {
    const run = (runs += 1);
    await stage.until(isBack);
    // Temporary tables keep the backend with the tab.
    await stage.run('create temp table if not exists pin ()');
    await stage.runs.tab('s', 't').inTurn(() => Promise.resolve());
    await proxy.setMode({ kind: 'cut', from: at % 2 === 0 ? 'client' : 'server', afterBytes });
    const { ended } = await stage.run(`insert into counted values (${run})`);
    await proxy.setMode({ kind: 'pass' });
    await stage.until(isBack);
    const { length } = await server.query(`select from counted where run = ${run}`);
    expect(length).toBeLessThanOrEqual(1);
    if (ended.outcome === 'done') expect(length).toBe(1);
    else if (ended.error?.outcome === 'none') expect(length).toBe(0);
    else expect(ended).toMatchObject({ outcome: 'lost', error: { outcome: 'unknown' } });
  }
});

function range(from: number, to: number, step: number): number[] {
  return Array.from({ length: Math.ceil((to - from) / step) }, (_, at) => from + at * step);
}
