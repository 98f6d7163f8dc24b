import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startPostgres, type TestServer } from '../test/postgresServer.ts';
import { SidecarProcess } from '../test/sidecarProcess.ts';
import { tempFolder } from '../test/tempFolder.ts';

let server: TestServer;
let folder: Awaited<ReturnType<typeof tempFolder>>;
let sidecar: SidecarProcess;
/** It must be written in full, encoded, to be read rightly. */
const password = 'pa:ss@wo/rd %&=?';

beforeAll(async () => {
  server = await startPostgres();
  await server.query(`create role pasted login password '${password}'`);
  folder = await tempFolder();
  const services = join(folder.path, '.pg_service.conf');
  const { host, port, database } = server;
  writeFileSync(services, `[here]\nhost=${host}\nport=${port}\ndbname=${database}\nsslmode=disable\n`);
  sidecar = new SidecarProcess(folder.path, { env: { HOME: folder.path } });
  await sidecar.call('session.attach', { protocolVersion: 1, windowId: 'w' });
});
afterAll(async () => {
  await sidecar.end();
  await folder.remove();
  await server.close();
});

const uri = (secret: string): string =>
  `postgresql://pasted:${encodeURIComponent(secret)}@${server.host}:${server.port}/${server.database}?sslmode=disable`;

async function parsed(text: string) {
  const { secretRef = '', ...read } = await sidecar.call('connection.parse', { text });
  return { ...read, secrets: { ref: secretRef } };
}

it('finds a password that serves test, save and connect by its handle, and never comes back', async () => {
  const { config, secrets, provenance } = await parsed(uri(password));
  expect(config).toMatchObject({ host: server.host, port: server.port, username: 'pasted' });
  expect(provenance['secrets.password']).toBe('the URI');
  expect(await sidecar.call('connection.test', { config, secrets })).toMatchObject({ ok: true });

  const named = { ...config, name: 'pasted', credential: { source: 'session' as const } };
  const saved = await sidecar.call('connection.save', { config: named, secrets });
  expect(await sidecar.call('connection.connect', { id: saved.config.id })).toMatchObject({
    info: { currentUser: 'pasted' },
  });
  await sidecar.call('connection.disconnect', { id: saved.config.id });

  const other = { ...named, name: 'by connect' };
  const { id } = (await sidecar.call('connection.save', { config: other })).config;
  await sidecar.call('connection.connect', { id, secrets });

  const heard = JSON.stringify([config, provenance, saved, sidecar.notifications]) + sidecar.stderr;
  const files = readdirSync(folder.path, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder.path, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path, 'utf8'));
  for (const text of [heard, ...files])
    for (const form of [password, encodeURIComponent(password), JSON.stringify(password).slice(1, -1)])
      expect(text).not.toContain(form);
});

it('lets a password that was typed go over the one that was found', async () => {
  const { config, secrets } = await parsed(uri('wrong'));
  const typed = { ...secrets, password };
  expect(await sidecar.call('connection.test', { config, secrets })).toMatchObject({
    ok: false,
    error: { code: 'AUTH_FAILED' },
  });
  expect(await sidecar.call('connection.test', { config, secrets: typed })).toMatchObject({ ok: true });
});

it('looks up a service that is named', async () => {
  const { config, secrets } = await parsed(`service=here user=pasted password='${password}'`);
  expect(await sidecar.call('connection.test', { config, secrets })).toMatchObject({ ok: true });
});

it('names a handle that is not known at the password', async () => {
  const { config } = await parsed(uri(password));
  await expect(
    sidecar.call('connection.test', { config, secrets: { ref: 'long-gone' } }),
  ).rejects.toMatchObject({
    code: 'INVALID_CONFIG',
    envelope: { issues: [{ path: 'secrets.password' }] },
  });
});

it('says what cannot be read, without a word of it', async () => {
  const error = await sidecar
    .call('connection.parse', { text: `mongodb://u:${password}@h/db` })
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    code: 'INVALID_CONFIG',
    envelope: {
      message: 'This is the address of MongoDB. Hawser connects to PostgreSQL.',
      issues: [{ path: 'text' }],
    },
  });
});
