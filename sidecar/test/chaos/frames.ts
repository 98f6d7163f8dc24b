import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { WebSocket } from 'ws';
import { methods } from '#shared/contract/methods.ts';
import { tempFolder } from '../tempFolder.ts';
import { none, type Chaos, type Figure } from './figure.ts';
import { Random } from './random.ts';
import { bareSocket, enter, openSocket, type Pass } from './windows.ts';

const dist = path.resolve(import.meta.dirname, '../../../dist');
const batch = 250;
const limitMs = 60_000;

/** Frames that no page of ours would send, on the socket that every program of the machine can reach. */
export async function frames(chaos: Chaos, full = 100_000): Promise<Figure[]> {
  const total = chaos.rounds(full);
  const random = Random.of(chaos.seed, 'frames');
  const host = await PublicHost.start();
  const faults: string[] = [];
  try {
    const witness = await host.open();
    // A first start writes down the sample's connection, beside whatever else goes on.
    while (!existsSync(path.join(host.folder, 'connections.json'))) await delay(20);
    const before = await stateOf(host, witness);
    for (let sent = 0; sent < total;) {
      if (random.chance(0.1)) faults.push(...(await beforeToken(host, random)));
      const count = Math.min(batch, total - sent);
      await flood(host, random, count);
      sent += count;
    }
    const after = await stateOf(host, witness);
    for (const [name, value] of Object.entries(before))
      if (after[name] !== value) faults.push(`${name} was ${value}, and is ${after[name]}`);
    if (host.child.exitCode !== null) faults.push(`the host ended with ${host.child.exitCode}`);
    if (witness.told.length > 0) faults.push(`a window was told ${witness.told.join(', ')}`);
  } finally {
    await host.end();
  }
  return [none('frames of strangers: an exit, or an effect without a session', faults, `${total} frames`)];
}

/** All that a stranger might have changed: files, what windows see, and the processes themselves. */
async function stateOf(host: PublicHost, witness: Client): Promise<Record<string, string>> {
  const names = (await readdir(host.folder, { recursive: true })).sort();
  // What is refused is written down as an event, as it should be.
  const files = names.filter((name) => /\.json$|^lock$/.test(name));
  const contents = await Promise.all(
    files.map(async (name) => [name, await readFile(path.join(host.folder, name), 'utf8')] as const),
  );
  const { snapshot } = (await witness.ask('session.snapshot', {})) as { snapshot: object };
  return { ...Object.fromEntries(contents), files: files.join(' '), snapshot: JSON.stringify(snapshot) };
}

/** Whatever comes instead of the token closes the socket, unanswered. */
async function beforeToken(host: PublicHost, random: Random): Promise<string[]> {
  const socket = host.socket();
  const heard: string[] = [];
  socket.on('message', (data: Buffer) => heard.push(data.toString()));
  await once(socket, 'open');
  const text = frameOf(random);
  socket.send(text);
  const [code] = (await once(socket, 'close')) as [number];
  const isRefused = code === 4003 && heard.length === 0;
  return isRefused ? [] : [`before the token ${text.slice(0, 80)} was answered ${code} ${heard.join()}`];
}

async function flood(host: PublicHost, random: Random, count: number): Promise<void> {
  let client = await host.connect();
  for (let each = 0; each < count; each += 1) {
    if (client.socket.readyState !== WebSocket.OPEN) client = await host.connect();
    // A binary frame ends its socket, and so do bytes that are no frame at all.
    if (random.chance(0.002)) client.socket.send(Buffer.from(frameOf(random)), { binary: true });
    else if (random.chance(0.001)) client.raw(Buffer.from(frameOf(random)));
    else client.socket.send(frameOf(random));
  }
  if (client.socket.readyState !== WebSocket.OPEN) client = await host.connect();
  // Frames are taken in order: its answer says that all before it were dealt with, or its socket was closed by one.
  await Promise.race([client.ask('host.ping', {}), once(client.socket, 'close')]);
  client.socket.terminate();
}

/** What the host answers by itself acts on this machine; it has tests of its own. */
const names = Object.keys(methods).filter((name) => !name.startsWith('native.') && name !== 'session.attach');

function frameOf(random: Random): string {
  const kinds = [called, called, called, attached, cancelled, mutated, almost, nested, garbage];
  return random.pick(kinds)(random);
}

const idOf = (random: Random): unknown =>
  random.pick<unknown>([random.int(1, 1_000_000), `id ${random.int(1, 99)}`, null, -1, 1.5, {}]);
const message = (random: Random, method: unknown, params: unknown): string =>
  JSON.stringify({ jsonrpc: '2.0', id: random.int(2, 2 ** 40), method, params });

/** Right in all but the session. */
const called = (random: Random): string => message(random, random.pick(names), paramsOf(random));

/** None of them lets anybody in. */
const attached = (random: Random): string =>
  message(random, 'session.attach', {
    ...random.pick<object>([
      { protocolVersion: 2 },
      { protocolVersion: '1' },
      {},
      { protocolVersion: 1, token: `guess ${random.int(0, 9)}` },
      { protocolVersion: 1, windowId: '' },
      { protocolVersion: 1, replace: 'yes' },
    ]),
    ...random.pick<object>([{}, { windowId: '' }, { windowId: 7 }, { windowId: 'x', token: 'no' }]),
  });

const cancelled = (random: Random): string =>
  JSON.stringify({ jsonrpc: '2.0', method: '$/cancelRequest', params: { id: idOf(random) } });

const mutated = (random: Random): string => {
  const text = called(random);
  const at = random.int(0, text.length);
  return (
    text.slice(0, at) +
    random.pick(['"', '{', '\\', '\u0000', '€', ',', '0']) +
    text.slice(at + random.int(0, 3))
  );
};

const almost = (random: Random): string =>
  JSON.stringify({
    jsonrpc: random.pick(['2.0', '1.0', 2]),
    id: idOf(random),
    method: random.pick<unknown>([random.pick(names), '', 5, 'x'.repeat(300), 'constructor', '__proto__']),
    params: random.pick<unknown>([paramsOf(random), [], 'text', null]),
    channel: random.int(0, 5),
    ...random.pick([{}, { result: {} }, { error: { code: 1, message: '' } }]),
  });

const nested = (random: Random): string => random.pick(['[', '{"a":']).repeat(random.int(1, 2_000));
const garbage = (random: Random): string =>
  String.fromCharCode(...Array.from({ length: random.int(0, 120) }, () => random.int(0, 0xd7ff)));

const paramsOf = (random: Random): unknown =>
  random.pick<unknown>([
    {},
    { id: 'x' },
    { tabId: 't', connectionId: 'c', text: 'drop table a', runId: 'r', resultId: 'r' },
    { patch: { theme: 'dark', enablePersistence: false } },
    { document: { id: 'd', title: 'by a stranger', text: 'select 1' } },
    { group: { name: 'by a stranger' } },
    { config: { name: 'by a stranger', host: '127.0.0.1', username: 'u' }, secrets: { password: 'x' } },
    { ['__proto__']: { polluted: true }, path: '/etc/passwd' },
  ]);

/** The built host with the built sidecar, without a page, as a process of its own. */
class PublicHost {
  readonly child: ChildProcess;
  readonly folder: string;
  readonly #pass: Pass;
  readonly #remove: () => Promise<void>;

  private constructor(child: ChildProcess, pass: Pass, folder: Awaited<ReturnType<typeof tempFolder>>) {
    this.child = child;
    this.#pass = pass;
    this.folder = dataOf(folder.path);
    this.#remove = folder.remove;
  }

  static async start(): Promise<PublicHost> {
    const folder = await tempFolder();
    const base = folder.path;
    await mkdir(path.join(base, 'ui'));
    await writeFile(path.join(base, 'ui', 'index.html'), '<!doctype html>');
    await symlink(path.join(dist, 'sidecar'), path.join(base, 'sidecar'), 'junction');
    const program = pathToFileURL(path.join(dist, 'programs', 'hostProgram.mjs')).href;
    const installation = JSON.stringify({ programFile: '', distFolder: base });
    const args = JSON.stringify(['--no-open', '--data-dir', dataOf(base)]);
    const script = `import { runProgram } from ${JSON.stringify(program)};
      await runProgram(${args}, ${installation});`;
    const env = { ...process.env, HAWSER_NO_KEYCHAIN: '1' };
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { env });
    return new PublicHost(child, await enter(child), folder);
  }

  /** One that has not shown its token. */
  socket(): WebSocket {
    return quiet(bareSocket(this.#pass));
  }

  /** A socket behind the token, without a session. */
  async connect(): Promise<Client> {
    return new Client(quiet(await openSocket(this.#pass)));
  }

  /** One with a session. */
  async open(): Promise<Client> {
    const client = await this.connect();
    await client.ask('session.attach', { protocolVersion: 1, windowId: 'witness' });
    return client;
  }

  async end(): Promise<void> {
    if (this.child.exitCode === null) {
      this.child.kill('SIGTERM');
      await once(this.child, 'exit');
    }
    await this.#remove();
  }
}

const dataOf = (base: string): string => path.join(base, 'data');

const quiet = (socket: WebSocket): WebSocket => socket.on('error', () => undefined);

class Client {
  readonly socket: WebSocket;
  readonly told: string[] = [];
  readonly #answers = new Map<string, (result: unknown) => void>();
  #asked = 0;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer) => {
      const { id, method, result } = JSON.parse(data.toString()) as {
        id?: unknown;
        method?: string;
        result?: unknown;
      };
      if (method !== undefined) this.told.push(method);
      else this.#answers.get(String(id))?.(result);
    });
  }

  ask(method: string, params: object): Promise<unknown> {
    this.#asked += 1;
    const id = `asked ${this.#asked}`;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`No answer to ${method}`)), limitMs);
      this.#answers.set(id, (result) => {
        clearTimeout(timer);
        resolve(result);
      });
      this.socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    });
  }

  /** Bytes beneath the level of frames. */
  raw(bytes: Buffer): void {
    (this.socket as unknown as { _socket: { write: (bytes: Buffer) => void } })._socket.write(bytes);
  }
}
