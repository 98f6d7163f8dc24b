import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TlsMode } from '#shared/connection/config.ts';
import { startPostgres, type TestServer } from '../test/postgresServer.ts';
import { openRunStage, type RunStage } from '../test/runStage.ts';

let server: TestServer;
let stage: RunStage;

beforeAll(async () => {
  server = await startPostgres({
    hba: 'host all postgres,mute 127.0.0.1/32 scram-sha-256\nhost all rejected 127.0.0.1/32 reject\n',
  });
  await server.query(`create role rejected login; create role unnamed login;
    create role mute nologin password '${server.password}'`);
  stage = await openRunStage(server);
});
afterAll(async () => {
  await stage.close();
  await server.close();
});

async function loginError(username: string, mode: TlsMode): Promise<unknown> {
  const { host, port, database, password } = server;
  const place = { host, port, database, username, tls: { mode }, credential: { source: 'session' } };
  const report = await stage.connections.test(
    { config: place, secrets: { password } },
    { signal: new AbortController().signal, onStage: () => {} },
  );
  return report.error;
}

it.each(['rejected', 'unnamed'])(
  '%s may need TLS where the server may not be asked for it',
  async (username) => {
    expect(await loginError(username, 'disable')).toMatchObject({
      code: 'AUTH_NEEDS_TLS',
      sqlstate: '28000',
      stage: 'authenticate',
      actions: [{ id: 'enableTls' }],
    });
  },
);

it.each(['rejected', 'unnamed'])('%s needs no TLS where the server has none', async (username) => {
  for (const mode of ['allow', 'prefer'] as const)
    expect(await loginError(username, mode)).toMatchObject({
      code: 'AUTH_REJECTED',
      stage: 'authenticate',
    });
});

it('a role that may not log in needs no TLS either', async () => {
  expect(await loginError('mute', 'disable')).toMatchObject({ code: 'AUTH_REJECTED', sqlstate: '28000' });
});
