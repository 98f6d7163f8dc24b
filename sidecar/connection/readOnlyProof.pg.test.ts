import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startPostgres, type TestServer } from '../test/postgresServer.ts';
import { startRewritingProxy } from '../test/rewritingProxy.ts';
import { openRunStage, type RunStage } from '../test/runStage.ts';

let server: TestServer;
let between: Awaited<ReturnType<typeof startRewritingProxy>>;
let stage: RunStage;

beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.close());
beforeEach(async () => {
  between = await startForgetful();
  stage = await openRunStage(place());
});
afterEach(async () => {
  await stage.close();
  between.close();
});

/** Something before the server that forgets READ ONLY, as a careless pooler might. */
const startForgetful = () =>
  startRewritingProxy(server, {
    'begin read only': 'begin          ',
    'default_transaction_read_only=on': 'default_transaction_read_only=no',
  });

const place = () => {
  const { host, database, username, password } = server;
  return { host, port: between.port, database, username, password };
};

describe('where something forgets that a transaction is read-only', () => {
  it('no connection comes about that should be', async () => {
    const { host, port, database, username, password } = place();
    const config = { name: 'guarded', host, port, database, username, tls: { mode: 'disable' } };
    const options = { readOnly: 'guarded' };
    const definition = { ...config, credential: { source: 'session' }, options };
    const { id } = (await stage.connections.save(definition, { password })).config;
    await expect(stage.connections.connect(id, undefined)).rejects.toMatchObject({
      code: 'READ_ONLY_VIOLATION',
      facts: { reason: 'selfTest' },
    });
    expect(stage.connections.status(id)).toMatchObject({ status: 'error' });
  });

  it('nothing runs once a window wants only to read', async () => {
    expect(await stage.value('select 1')).toBe('1');
    stage.connections.readOnly.override('s', stage.connectionId, 'guarded');
    expect((await stage.run('select 1')).ended).toMatchObject({
      outcome: 'failed',
      error: { code: 'READ_ONLY_VIOLATION', reason: 'selfTest', outcome: 'none' },
    });
    const left = await server.query("select relname from pg_class where relname like 'hawser%'");
    expect(left).toEqual([]);
  });
});
