import { afterAll, beforeAll, expect, it } from 'vitest';
import { startPostgres, type TestServer } from '../test/postgresServer.ts';
import { openRunStage, type RunStage } from '../test/runStage.ts';
import { setSearchPath } from './searchPath.ts';

const odd = 'odd "one", \\ ✓';
let server: TestServer;
let stage: RunStage;

beforeAll(async () => {
  server = await startPostgres();
  stage = await openRunStage(server, { options: { maxPoolSize: 4 } });
});
afterAll(async () => {
  await stage.close();
  await server.close();
});

const never = new AbortController().signal;
const set = (tabId: string, searchPath: string[]) => {
  const { connectionId } = stage;
  return setSearchPath(stage.runs.tab('s', tabId), { tabId, connectionId, searchPath }, never);
};
/** What the window was told of a tab, from the first on. */
const told = (tab: string) =>
  stage.notifications.flatMap(({ method, params }) =>
    method === 'tab.searchPathChanged' && params.tabId === tab ? [params.searchPath] : [],
  );

it('is told whoever sets it, and only where it was set', async () => {
  const tabId = 'typed';
  await stage.run('set search_path to Shop, "$user"', { tabId });
  await stage.run("select set_config('search_path', 'a, \"B\"', false)", { tabId });
  await stage.run('set search_path to 1/', { tabId });
  await stage.run('select 1', { tabId });
  await stage.run('reset search_path', { tabId });
  await expect.poll(() => told(tabId)).toEqual([['shop', '$user'], ['a', 'B'], undefined]);
});

it.each(['off', 'guarded'] as const)('is set without a run, read-only %s', async (readOnly) => {
  stage.connections.readOnly.override('s', stage.connectionId, readOnly);
  const tabId = `chosen ${readOnly}`;
  await set(tabId, [odd, 'public']);
  await expect.poll(() => told(tabId)).toEqual([[odd, 'public']]);
  expect(stage.runs.searchPaths('s').find((each) => each.tabId === tabId)?.searchPath).toEqual([
    odd,
    'public',
  ]);
  const { run } = await stage.run('show search_path', { tabId });
  expect(run.told('query.resultStarted')[0]?.firstRows).toEqual([[`"${odd.replaceAll('"', '""')}", public`]]);
});
