import { randomUUID } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startKeyring, whyNoKeyring, type TestKeyring } from './test/gnomeKeyring.ts';
import { startPostgres, type TestServer } from './test/postgresServer.ts';
import { SidecarProcess } from './test/sidecarProcess.ts';
import { tempFolder } from './test/tempFolder.ts';

const reason = whyNoKeyring();
if (reason !== undefined) process.stdout.write(`Left out: canaries beside a keychain. ${reason}.\n`);

let server: TestServer;
let keyring: TestKeyring | undefined;
beforeAll(async () => {
  server = await startPostgres();
  if (reason === undefined) keyring = await startKeyring();
});
afterAll(async () => {
  await keyring?.close();
  await server.close();
});

/** A secret that stands nowhere else in the world. */
const canary = (kind: string): string => `canary-${kind}-${randomUUID()}`;

/** As it is, and as it could lie in a file that somebody encoded. */
const formsOf = (secret: string): Buffer[] => [
  Buffer.from(secret),
  Buffer.from(secret, 'utf16le'),
  Buffer.from(Buffer.from(secret).toString('base64').slice(0, -4)),
  Buffer.from(Buffer.from(secret).toString('hex')),
];

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}

/** Command lines and environments of a process and all that descend from it. */
async function processTexts(pid: number): Promise<Buffer[]> {
  const read = (file: string) => readFile(`/proc/${file}`).catch(() => Buffer.alloc(0));
  const children = (await read(`${pid}/task/${pid}/children`)).toString().trim().split(/\s+/).filter(Boolean);
  const own = await Promise.all([read(`${pid}/cmdline`), read(`${pid}/environ`)]);
  return [...own, ...(await Promise.all(children.map((child) => processTexts(Number(child))))).flat()];
}

/** What was seen of the secrets outside of the one place where they belong. */
class Watch {
  readonly seen: { where: string; bytes: Buffer }[] = [];

  follow(sidecar: SidecarProcess): void {
    const said: Buffer[] = [];
    sidecar.child.stdout.on('data', (chunk: Buffer) => said.push(chunk));
    sidecar.child.once('close', () => {
      this.seen.push({ where: 'messages', bytes: Buffer.concat(said) });
      this.seen.push({ where: 'log', bytes: Buffer.from(sidecar.stderr) });
    });
  }

  async look(sidecar: SidecarProcess, dataFolder: string): Promise<void> {
    for (const bytes of await processTexts(sidecar.child.pid ?? 0))
      this.seen.push({ where: 'process', bytes });
    for (const file of await filesOf(dataFolder))
      this.seen.push({
        where: path.relative(dataFolder, file),
        bytes: await readFile(file).catch(() => Buffer.alloc(0)),
      });
  }

  hits(secrets: Record<string, string>): string[] {
    return Object.entries(secrets).flatMap(([kind, secret]) =>
      this.seen
        .filter(({ bytes }) => formsOf(secret).some((form) => bytes.includes(form)))
        .map(({ where }) => `${kind} in ${where}`),
    );
  }
}

async function role(name: string, password: string): Promise<void> {
  await server.query(`create role ${name} login password '${password}'`);
}

let runs = 0;

/** Everything that a secret goes through, with a crash in the middle. */
async function scenario(
  env: Record<string, string>,
): Promise<{ watch: Watch; secrets: Record<string, string> }> {
  const folder = await tempFolder();
  const data = path.join(folder.path, 'data');
  const id = (runs += 1);
  const secrets = Object.fromEntries(
    [
      'password',
      'keyPassphrase',
      'sshPassword',
      'sshPassphrase',
      'uri',
      'command',
      'commandError',
      'wrong',
      'pgpass',
      'prompt',
    ].map((kind) => [kind, canary(kind)]),
  );
  const secret = (kind: string) => secrets[kind] ?? '';
  for (const kind of ['password', 'uri', 'command', 'pgpass', 'prompt'])
    await role(`${kind}_${id}`, secret(kind));
  const watch = new Watch();
  let sidecar!: SidecarProcess;
  const start = async () => {
    sidecar = new SidecarProcess(data, { env: { HOME: folder.path, ...env } });
    watch.follow(sidecar);
    await sidecar.call('session.attach', { protocolVersion: 1, windowId: 'w' });
  };
  const draft = (kind: string, more: object = {}) => ({
    name: kind,
    host: server.host,
    port: server.port,
    database: server.database,
    username: `${kind}_${id}`,
    ...more,
  });
  const file = async (name: string, text: string) => {
    const at = path.join(folder.path, name);
    await writeFile(at, text, { mode: 0o600 });
    return at;
  };
  const fails = (work: Promise<unknown>) => expect(work).rejects.toThrow();
  const hop = { id: 'hop', host: '127.0.0.1', port: server.port, username: 'jump', auth: 'password' };
  const ssh = { enabled: false, hops: [hop], useSshConfig: false };

  await start();
  // Saved, tested rightly and wrongly, connected.
  const typed = {
    password: secret('password'),
    keyPassphrase: secret('keyPassphrase'),
    ssh: { hop: { password: secret('sshPassword'), passphrase: secret('sshPassphrase') } },
  };
  const { config } = await sidecar.call('connection.save', {
    config: draft('password', { ssh }),
    secrets: typed,
  });
  expect((await sidecar.call('connection.test', { config, secrets: typed, testId: 't' })).ok).toBe(true);
  const wrong = await sidecar.call('connection.test', { config, secrets: { password: secret('wrong') } });
  expect(wrong.error?.code).toBe('AUTH_FAILED');
  const tunnelled = { ...config, ssh: { ...ssh, enabled: true } };
  expect((await sidecar.call('connection.test', { config: tunnelled, secrets: typed })).ok).toBe(false);
  await sidecar.call('connection.connect', { id: config.id });
  // A server that repeats it in errors and notices.
  const text = `do $$ begin raise notice 'n ${secret('password')}'; raise exception 'e ${secret('password')}'; end $$`;
  expect((await sidecar.run(config.id, 'tab', text)).ended.outcome).toBe('failed');
  await sidecar.heard('query.notice');
  await watch.look(sidecar, data);
  // Pasted.
  const uri = `postgresql://uri_${id}:${secret('uri')}@${server.host}:${server.port}/${server.database}`;
  const parsed = await sidecar.call('connection.parse', { text: uri });
  const pasted = await sidecar.call('connection.save', {
    config: { ...parsed.config, name: 'uri' },
    secrets: { ref: parsed.secretRef },
  });
  await sidecar.call('connection.connect', { id: pasted.config.id });
  // Asked for: refused, then right.
  const asked = await sidecar.call('connection.save', {
    config: draft('prompt', { credential: { source: 'prompt' } }),
  });
  await fails(sidecar.call('connection.connect', { id: asked.config.id }));
  const answer = async (value: string) => {
    const open = await sidecar.call('session.snapshot', {});
    const prompt = open.snapshot.prompts.find(({ connectionId }) => connectionId === asked.config.id);
    return sidecar.call('credential.provide', {
      promptId: prompt?.promptId ?? '',
      secret: value,
      remember: 'session',
    });
  };
  await fails(answer(secret('wrong')));
  await answer(secret('prompt'));
  // From a command and from a file.
  const output = await file('output', `${secret('command')}\n`);
  const commands = {
    good: ['cat', output],
    bad: ['sh', '-c', `cat ${await file('bad', secret('commandError'))} >&2; cat ${output}; exit 3`],
  };
  const command = (which: 'good' | 'bad') => ({
    credential: { source: 'command', command: commands[which] },
  });
  const commanded = await sidecar.call('connection.save', { config: draft('command', command('good')) });
  await sidecar.call('connection.connect', { id: commanded.config.id });
  const failed = await sidecar.call('connection.test', { config: draft('command', command('bad')) });
  expect(failed.error?.code).toBe('PASSWORD_COMMAND_FAILED');
  const passfile = await file('pgpass', `*:*:*:*:${secret('pgpass')}\n`);
  const filed = await sidecar.call('connection.save', {
    config: draft('pgpass', { credential: { source: 'pgpass', passfile } }),
  });
  await sidecar.call('connection.connect', { id: filed.config.id });
  await watch.look(sidecar, data);
  // A crash in the middle, and a start after it.
  await sidecar.kill();
  await start();
  await sidecar.call('connection.connect', { id: config.id }).catch(() => {});
  await sidecar.call('connection.connect', { id: commanded.config.id });
  await sidecar.call('connection.connect', { id: filed.config.id });
  await sidecar.call('credential.sources', { id: config.id });
  await sidecar.call('connection.list', {});
  await sidecar.call('connection.delete', { id: config.id });
  await watch.look(sidecar, data);
  await sidecar.end();
  await watch.look(sidecar, data);
  await folder.remove();
  return { watch, secrets };
}

describe('no secret leaves the sidecar', () => {
  it.each([
    ['with a keychain', reason === undefined],
    ['without one', true],
  ])('%s', { timeout: 120_000 }, async (how, possible) => {
    if (!possible) return;
    const env: Record<string, string> =
      how === 'with a keychain' && keyring ? { ...keyring.env, HAWSER_NO_KEYCHAIN: '' } : {};
    const { watch, secrets } = await scenario(env);
    const looked = new Set(watch.seen.map(({ where }) => where));
    expect([...looked]).toEqual(expect.arrayContaining(['messages', 'log', 'process', 'connections.json']));
    expect(watch.hits(secrets)).toEqual([]);
    // The same look finds what is no secret.
    expect(watch.hits({ present: 'passfile' })).not.toEqual([]);
  });
});
