import { chmod, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startKeyring, whyNoKeyring, type TestKeyring } from '../test/gnomeKeyring.ts';
import { startPostgres, type TestServer } from '../test/postgresServer.ts';
import { SidecarProcess, type RpcError } from '../test/sidecarProcess.ts';
import { tempFolder } from '../test/tempFolder.ts';

const reason = whyNoKeyring();
if (reason !== undefined) process.stdout.write(`Left out: passwords from a real keychain. ${reason}.\n`);

let server: TestServer;
let keyring: TestKeyring | undefined;
let folder: Awaited<ReturnType<typeof tempFolder>>;
let sidecar: SidecarProcess;
let names = 0;

beforeAll(async () => {
  server = await startPostgres();
  if (reason === undefined) keyring = await startKeyring();
});
afterAll(async () => {
  await keyring?.close();
  await server.close();
});
beforeEach(async () => {
  folder = await tempFolder();
  await start();
});
afterEach(async () => {
  await sidecar.kill();
  await folder.remove();
});

/** With a keychain unless told otherwise; its home is the keychain's, so that no file of the user is read. */
async function start(env: Record<string, string> = {}): Promise<void> {
  const desktop: Record<string, string> = keyring
    ? { ...keyring.env, HAWSER_NO_KEYCHAIN: '' }
    : { HOME: folder.path };
  sidecar = new SidecarProcess(path.join(folder.path, 'data'), { env: { ...desktop, ...env } });
  await sidecar.call('session.attach', { protocolVersion: 1, windowId: 'w' });
}

async function restart(env: Record<string, string> = {}): Promise<void> {
  await sidecar.kill();
  await start(env);
}

const draft = (more: object = {}) => {
  const { host, port, database, username } = server;
  return { name: `c${(names += 1)}`, host, port, database, username, ...more };
};

const save = (more: object = {}, secrets: object = {}) =>
  sidecar.call('connection.save', { config: draft(more), secrets });
const connect = (id: string) => sidecar.call('connection.connect', { id });
const failure = (work: Promise<unknown>): Promise<RpcError> =>
  work.then(
    () => Promise.reject(new Error('It should have failed')),
    (error: unknown) => error as RpcError,
  );

const keychainNotices = () =>
  sidecar.notifications.filter(
    ({ method, params }) =>
      method === 'store.problem' && params.file === 'keychain' && params.problem !== undefined,
  );

const noted = async (): Promise<{ account: string }[]> =>
  (
    JSON.parse(
      await readFile(path.join(folder.path, 'data/keychain.json'), 'utf8').catch(() => '{"entries":[]}'),
    ) as { entries: { account: string }[] }
  ).entries;

describe.skipIf(reason !== undefined)('a password in the keychain', () => {
  it('is there after a restart, for its connection alone', async () => {
    const { config, problem } = await save({}, { password: server.password });
    expect(problem).toBeUndefined();
    const { config: copy } = await sidecar.call('connection.duplicate', { id: config.id });
    await restart();
    await connect(config.id);
    expect((await failure(connect(copy.id))).code).toBe('CREDENTIAL_REQUIRED');
    expect((await sidecar.call('credential.sources', { id: config.id })).kept).toEqual([
      { field: 'password', where: 'keychain' },
    ]);
    expect((await sidecar.call('credential.sources', { id: copy.id })).kept).toEqual([]);
  });

  it('is kept by an answer that was right, and never by one that was wrong', async () => {
    const { config } = await save({ credential: { source: 'session' } });
    const answer = async (secret: string) => {
      const { envelope } = await failure(connect(config.id));
      const prompt = await sidecar.heard(
        'credential.requested',
        (each) => each.promptId === envelope?.promptId,
      );
      expect(prompt.remember).toEqual(['none', 'session', 'keychain']);
      const promptId = String(prompt.promptId);
      return sidecar.call('credential.provide', { promptId, secret, remember: 'keychain' });
    };
    expect((await failure(answer('wrong'))).code).toBe('AUTH_FAILED');
    expect(await noted()).toEqual([]);
    await answer(server.password);
    const file = path.join(folder.path, 'data/connections.json');
    await vi.waitFor(
      async () => expect(await readFile(file, 'utf8')).toContain('"source": "keychain"'),
      10_000,
    );
    await restart();
    await connect(config.id);
  });

  it.each([
    ['its connection', true, (id: string) => sidecar.call('connection.delete', { id })],
    ['the host', true, (id: string) => change(id, { host: 'elsewhere' })],
    ['the user', true, (id: string) => change(id, { username: 'somebody' })],
    ['the source', true, (id: string) => change(id, { credential: { source: 'session' } })],
    ['the name', false, (id: string) => change(id, { name: 'renamed' })],
  ] as const)('goes with %s (is gone: %o)', async (_what, gone, act) => {
    const { config } = await save({}, { password: server.password, keyPassphrase: 'of the key' });
    expect((await noted()).map(({ account }) => account).sort()).toEqual([
      `connection:${config.id}:keyPassphrase`,
      `connection:${config.id}:password`,
    ]);
    await act(config.id);
    await vi.waitFor(
      async () => {
        const left = (await noted()).map(({ account }) => account);
        expect(left.includes(`connection:${config.id}:password`)).toBe(!gone);
      },
      { timeout: 10_000 },
    );
  });

  it('is not sent to where a form under test leads instead', async () => {
    const { config } = await save({}, { password: server.password });
    const test = (more: object) => sidecar.call('connection.test', { config: { ...config, ...more } });
    expect((await test({})).ok).toBe(true);
    expect((await test({ host: 'localhost' })).error?.code).toBe('CREDENTIAL_REQUIRED');
  });

  it.each([
    ['locked', 'KEYCHAIN_LOCKED', () => keyring?.lock(), () => keyring?.unlock()],
    ['silent', 'KEYCHAIN_TIMEOUT', () => keyring?.freeze(), () => keyring?.thaw()],
    [
      'gone',
      'KEYCHAIN_UNAVAILABLE',
      () => restart({ DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere' }),
      () => restart(),
    ],
  ] as const)(
    'that is %s costs no more than 2 s, is told, and asked for',
    async (_what, code, spoil, mend) => {
      const { config } = await save({}, { password: server.password });
      await restart();
      await spoil();
      try {
        const from = performance.now();
        const failing = failure(connect(config.id));
        const { at } = await sidecar.call('host.ping', {});
        expect(at).toBeGreaterThan(0);
        const pinged = performance.now() - from;
        const error = await failing;
        const took = performance.now() - from;
        expect(error.code).toBe(code);
        expect(took).toBeLessThan(4_000);
        // What never answers holds up nobody else.
        if (code === 'KEYCHAIN_TIMEOUT') expect(pinged).toBeLessThan(took - 500);
        const { sources } = await sidecar.call('credential.sources', {});
        const offered = sources.find(({ source }) => source === 'keychain');
        if (code !== 'KEYCHAIN_LOCKED')
          expect(offered).toMatchObject({ available: false, problem: { code } });
        // Told by the answer alone, and not by a notice over the window, too.
        expect((await save({}, { password: 'new' })).problem?.code).toBe(code);
        expect(keychainNotices()).toEqual([]);
        await sidecar.call('credential.provide', {
          promptId: error.envelope?.promptId ?? '',
          secret: server.password,
          remember: 'session',
        });
      } finally {
        await mend();
      }
      await sidecar.call('connection.disconnect', { id: config.id });
      await connect(config.id);
    },
  );
});

it('without a keychain is kept for the session, which the answer to saving says', async () => {
  await restart({ HAWSER_NO_KEYCHAIN: '1' });
  const { config, problem } = await save({}, { password: server.password });
  expect(problem?.code).toBe('KEYCHAIN_UNAVAILABLE');
  await connect(config.id);
  expect(keychainNotices()).toEqual([]);
  expect((await sidecar.call('credential.sources', { id: config.id })).kept).toEqual([
    { field: 'password', where: 'session' },
  ]);
  await restart({ HAWSER_NO_KEYCHAIN: '1' });
  const { envelope } = await failure(connect(config.id));
  expect(envelope?.code).toBe('CREDENTIAL_REQUIRED');
  expect(envelope?.hint).toContain('this session only');
  const prompt = await sidecar.heard('credential.requested');
  expect(prompt.remember).toEqual(['none', 'session']);
});

const change = async (id: string, more: object, secrets: object = {}) => {
  const { connections } = await sidecar.call('connection.list', {});
  const config = connections.find((row) => row.config.id === id)?.config;
  return sidecar.call('connection.save', { config: { ...config, ...more }, secrets });
};

describe('a definition that leads elsewhere since', () => {
  const other = { host: 'other.invalid' };

  it('has its new password sent to the new host alone: what is connected goes on with the old one', async () => {
    const { config } = await save({ credential: { source: 'session' } }, { password: server.password });
    await connect(config.id);
    await change(config.id, other, { password: 'of the other one' });
    const runs = ['a', 'b', 'c'].map((tab) => sidecar.run(config.id, tab, 'select pg_sleep(0.2)'));
    for (const { ended } of await Promise.all(runs)) expect(ended).toMatchObject({ outcome: 'done' });
    expect((await sidecar.call('connection.budget', { id: config.id })).own).toBeGreaterThan(2);
  });

  it('has no question of before left open', async () => {
    const { config } = await save({ credential: { source: 'session' } });
    const promptId = (await failure(connect(config.id))).envelope?.promptId ?? '';
    await change(config.id, other);
    const answered = sidecar.call('credential.provide', { promptId, secret: server.password });
    expect((await failure(answered)).code).toBe('NOT_FOUND');
  });
});

describe('a password file', () => {
  it('gives the password of the login, after a restart too; one that others may read is refused', async () => {
    const passfile = path.join(folder.path, 'pgpass');
    const { host, port, username, password } = server;
    await writeFile(
      passfile,
      `${host}:${port}:other:${username}:wrong\n${host}:${port}:*:${username}:${password}\n`,
      { mode: 0o600 },
    );
    const { config } = await save({ credential: { source: 'pgpass', passfile } });
    await connect(config.id);
    await restart();
    await connect(config.id);
    await sidecar.call('connection.disconnect', { id: config.id });
    await chmod(passfile, 0o644);
    const { envelope } = await failure(connect(config.id));
    expect(envelope).toMatchObject({
      code: 'CREDENTIAL_REQUIRED',
      reason: 'pgpassMode',
      stage: 'authenticate',
    });
    expect(envelope?.hint).toContain('chmod 0600');
  });

  it('is asked for the host that answers, of several', async () => {
    const passfile = path.join(folder.path, 'pgpass');
    const { host, port, password } = server;
    const list = `${host}:1,localhost:${port}`;
    await writeFile(passfile, `${host}:*:*:*:wrong\nlocalhost:${port}:*:*:${password}\n`, { mode: 0o600 });
    const { config } = await save({ host: list, credential: { source: 'pgpass', passfile } });
    await connect(config.id);
    const { ended } = await sidecar.run(config.id, 'tab', 'select 1');
    expect(ended.outcome).toBe('done');
  });

  it('is the one of PGPASSFILE, else the one at home', async () => {
    const { host, port, password } = server;
    const home = await tempFolder();
    await writeFile(path.join(home.path, '.pgpass'), `${host}:${port}:*:*:${password}\n`, { mode: 0o600 });
    const { config } = await save({ credential: { source: 'pgpass' } });
    await restart({ HOME: home.path });
    await connect(config.id);
    await restart({ HOME: home.path, PGPASSFILE: path.join(home.path, 'none') });
    expect((await failure(connect(config.id))).envelope).toMatchObject({ reason: 'pgpassMissing' });
    await home.remove();
  });
});

describe('a password command', () => {
  const counted = (password: string) => {
    const count = path.join(folder.path, 'count');
    const script = `require('fs').appendFileSync(${JSON.stringify(count)}, '.'); console.log(process.argv[1])`;
    return {
      command: [process.execPath, '-e', script, password],
      runs: async () => (await readFile(count, 'utf8').catch(() => '')).length,
    };
  };

  it('is run once for the life of a connection, whatever its pool does, and again for the next', async () => {
    const { command, runs } = counted(server.password);
    const { config } = await save({ credential: { source: 'command', command } });
    await connect(config.id);
    await Promise.all(['a', 'b', 'c'].map((tab) => sidecar.run(config.id, tab, 'select pg_sleep(0.1)')));
    expect(await runs()).toBe(1);
    await sidecar.call('connection.disconnect', { id: config.id });
    await connect(config.id);
    expect(await runs()).toBe(2);
    await restart();
    await connect(config.id);
  });

  it('is not run again while its output is good', async () => {
    const { command, runs } = counted(server.password);
    const { config } = await save({ credential: { source: 'command', command, commandLifetimeSec: 600 } });
    for (let life = 0; life < 3; life++) {
      await connect(config.id);
      await sidecar.call('connection.disconnect', { id: config.id });
    }
    expect(await runs()).toBe(1);
  });

  it('whose password is refused is not sent again by itself, but when the user wants it', async () => {
    const { command, runs } = counted('wrong');
    const { config } = await save({ credential: { source: 'command', command, commandLifetimeSec: 600 } });
    for (let time = 1; time <= 2; time++) {
      expect((await failure(connect(config.id))).code).toBe('AUTH_FAILED');
      expect(await runs()).toBe(1);
    }
  });

  it('that fails is told without a word of what it said', async () => {
    const script = "console.log('canary-out'); console.error('canary-err'); process.exit(7)";
    const command = [process.execPath, '-e', script];
    const { config } = await save({ credential: { source: 'command', command } });
    const { envelope } = await failure(connect(config.id));
    expect(envelope).toMatchObject({ code: 'PASSWORD_COMMAND_FAILED', detail: { exitCode: 7 } });
    expect(envelope?.promptId).toBeDefined();
    expect(JSON.stringify(envelope)).not.toContain('canary');
  });
});
