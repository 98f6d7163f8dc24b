import { connect, createServer, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startPostgres, type TestServer } from '../test/postgresServer.ts';
import { openRunStage, type RunStage } from '../test/runStage.ts';

let server: TestServer;
let between: { port: number; listener: Server };
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
  between.listener.close();
});

/** Something before the server that forgets READ ONLY, as a careless pooler might: as many bytes, other words. */
async function startForgetful(): Promise<{ port: number; listener: Server }> {
  const listener = createServer((client) => {
    const upstream = connect(server.port, server.host);
    for (const socket of [client, upstream]) socket.on('error', () => {});
    client.on('data', (bytes) => {
      const text = bytes
        .toString('latin1')
        .replaceAll('begin read only', 'begin          ')
        .replaceAll('default_transaction_read_only=on', 'default_transaction_read_only=no');
      upstream.write(Buffer.from(text, 'latin1'));
    });
    client.on('close', () => upstream.destroy());
    upstream.pipe(client);
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  return { port: (listener.address() as { port: number }).port, listener };
}

const place = () => {
  const { host, database, username, password } = server;
  return { host, port: between.port, database, username, password };
};

describe('where something forgets that a transaction is read-only', () => {
  it('no connection comes about that should be', async () => {
    const { host, port, database, username, password } = place();
    const config = { name: 'guarded', host, port, database, username, tls: { mode: 'disable' } };
    const options = { readOnly: 'guarded' };
    const { id } = await stage.connections.save(
      { ...config, credential: { source: 'session' }, options },
      { password },
    );
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
