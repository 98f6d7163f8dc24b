import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { startPostgres, type TestServer } from '../../test/postgresServer.ts';
import { startRewritingProxy } from '../../test/rewritingProxy.ts';
import { openRunStage, type RunStage, type WatchedRun } from '../../test/runStage.ts';

let server: TestServer;
let between: Awaited<ReturnType<typeof startRewritingProxy>>;
let stage: RunStage;

beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.close());
beforeEach(async () => {
  // The server knows none of a name that it cannot know, and names it in its refusal.
  between = await startRewritingProxy(server, { '-c statement_timeout=700': '-c statement_timeouu=700' });
  const { host, database, username, password } = server;
  const place = { host, port: between.port, database, username, password };
  stage = await openRunStage(place, { options: { statementTimeoutMs: 700 } });
});
afterEach(async () => {
  await stage.close();
  between.close();
});

it('a limit that the server refuses is named, told once a window, and held all the same', async () => {
  const { info } = stage.connections.status(stage.connectionId);
  expect(info).toMatchObject({ refusedSettings: ['statement_timeout'] });
  const notices = ({ run }: { run: WatchedRun }) =>
    run.told('query.notice').flatMap(({ notices }) => notices.map(({ message }) => message));
  const first = await stage.run('select pg_sleep(60)');
  expect(first.ended).toMatchObject({ outcome: 'failed', error: { code: 'STATEMENT_TIMEOUT' } });
  expect(notices(first)).toEqual([expect.stringContaining('statement_timeout')]);
  const second = await stage.run('select pg_sleep(60)', { tabId: 'other' });
  expect(second.ended).toMatchObject({ outcome: 'failed', error: { code: 'STATEMENT_TIMEOUT' } });
  expect(notices(second)).toEqual([]);
  const elsewhere = stage.start('select 1', { sessionId: 'another window' });
  await elsewhere.ended();
  expect(notices({ run: elsewhere })).toEqual([expect.stringContaining('statement_timeout')]);
  await stage.connections.disconnect(stage.connectionId);
  await stage.connections.connect(stage.connectionId, undefined);
  expect(notices(await stage.run('select 1'))).toEqual([expect.stringContaining('statement_timeout')]);
});
