import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { WebSocket } from 'ws';
import type { MethodInput, MethodName, MethodResult } from '#shared/contract/derive.ts';
import { isAlive, listProcesses } from '../processes.ts';
import { SidecarProcess, type StartOptions } from '../sidecarProcess.ts';

const dist = path.resolve(import.meta.dirname, '../../../dist');
const hostEntry = path.join(dist, 'host/main.mjs');
const startLimitMs = 30_000;

/** What dies: the sidecar, the host, both at once, or the page, of which its socket is seen. */
export type Victim = 'sidecar' | 'host' | 'both' | 'page';

/** A window of Hawser that can be killed and comes back to the same data folder. */
export interface ChaosWindow {
  call<M extends MethodName>(method: M, params: MethodInput<M>): Promise<MethodResult<M>>;
  /** Resolves once all that was to die is dead, and what ends by itself after it has ended. */
  kill(victim: Victim): Promise<void>;
  end(): Promise<void>;
}

/** Why no host can be started here; undefined where it can. */
export const whyNoHost = (): string | undefined =>
  existsSync(hostEntry) && existsSync(path.join(dist, 'ui/index.html')) ? undefined : 'the app is not built';

/** A window straight on a sidecar. */
export class SidecarWindow implements ChaosWindow {
  readonly sidecar: SidecarProcess;

  constructor(folder: string, options: StartOptions = {}) {
    this.sidecar = new SidecarProcess(folder, options);
  }

  call<M extends MethodName>(method: M, params: MethodInput<M>): Promise<MethodResult<M>> {
    return this.sidecar.call(method, params);
  }

  kill = (): Promise<void> => this.sidecar.kill();

  async end(): Promise<void> {
    await this.sidecar.end();
  }
}

/** What a page that was let in comes back with. */
export interface Pass {
  origin: string;
  cookie: string;
  key: string;
}

/** A page of the built host, as a program that speaks what the page speaks. */
export class HostedWindow implements ChaosWindow {
  readonly #host: ChildProcess;
  readonly #pass: Pass;
  readonly #folder: string;
  #socket: WebSocket;
  #ids = 0;
  readonly #pending = new Map<number, (answer: { result?: unknown; error?: unknown }) => void>();

  private constructor(host: ChildProcess, folder: string, pass: Pass, socket: WebSocket) {
    this.#folder = folder;
    this.#host = host;
    this.#pass = pass;
    this.#socket = socket;
    this.#listen();
  }

  static async open(folder: string): Promise<HostedWindow> {
    const env = { ...process.env, HAWSER_NO_KEYCHAIN: '1' };
    const host = spawn(process.execPath, [hostEntry, '--no-open', '--data-dir', folder], { env });
    const pass = await enter(host);
    return new HostedWindow(host, folder, pass, await openSocket(pass));
  }

  call<M extends MethodName>(method: M, params: MethodInput<M>): Promise<MethodResult<M>> {
    this.#ids += 1;
    const id = this.#ids;
    const answer = new Promise<MethodResult<M>>((resolve, reject) =>
      this.#pending.set(id, ({ result, error }) => {
        if (error === undefined) resolve(result as MethodResult<M>);
        else reject(new Error(`${method}: ${JSON.stringify(error)}`));
      }),
    );
    this.#socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    return answer;
  }

  async kill(victim: Victim): Promise<void> {
    const sidecars = sidecarsOf(this.#folder);
    if (victim === 'page' || victim === 'sidecar') {
      const closed = once(this.#socket, 'close');
      if (victim === 'page') this.#socket.terminate();
      else for (const pid of sidecars) process.kill(pid, 'SIGKILL');
      await closed;
      this.#socket = await openSocket(this.#pass);
      return this.#listen();
    }
    const gone = once(this.#host, 'exit');
    this.#host.kill('SIGKILL');
    if (victim === 'both') for (const pid of sidecars) tryKill(pid);
    await gone;
    // A sidecar whose host is dead ends by itself, and gives its folder back.
    while (sidecars.some(isAlive)) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  async end(): Promise<void> {
    if (this.#host.exitCode !== null || this.#host.signalCode !== null) return;
    const gone = once(this.#host, 'exit');
    this.#host.kill('SIGINT');
    await gone;
  }

  #listen(): void {
    this.#socket.on('error', () => undefined);
    this.#socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString('utf8')) as { id?: number; result?: unknown; error?: unknown };
      this.#pending.get(message.id ?? -1)?.(message);
      this.#pending.delete(message.id ?? -1);
    });
  }
}

/** Comes in by the address that the host prints. */
export async function enter(host: ChildProcess): Promise<Pass> {
  const { origin, hash } = new URL(await addressOf(host));
  const entered = await postSession(origin, { code: hash.slice('#code='.length) });
  return { origin, cookie: entered.cookie ?? '', key: entered.key ?? '' };
}

function addressOf(host: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const fail = (why: string) => {
      host.kill('SIGKILL');
      reject(new Error(`The host did not start: ${why}\n${said}`));
    };
    const timer = setTimeout(() => fail('no address in time'), startLimitMs);
    const listen = (chunk: Buffer) => {
      said += chunk.toString();
      const address = /http:\/\/127\.0\.0\.1:\d+\/#code=\S+/.exec(said)?.[0];
      if (address === undefined) return;
      clearTimeout(timer);
      resolve(address);
    };
    host.stdout?.on('data', listen);
    host.stderr?.on('data', listen);
    host.once('exit', (code) => fail(`it ended with ${code}`));
  });
}

async function postSession(
  origin: string,
  body: object,
  cookie?: string,
): Promise<{ token?: string; key?: string; cookie?: string | undefined }> {
  const headers = {
    'Content-Type': 'application/json',
    Origin: origin,
    ...(cookie ? { Cookie: cookie } : {}),
  };
  const response = await fetch(`${origin}/session`, { method: 'POST', headers, body: JSON.stringify(body) });
  const answer = (await response.json()) as { token?: string; key?: string };
  return { ...answer, cookie: response.headers.get('set-cookie')?.split(';', 1)[0] };
}

/** One that has not shown its token. */
export const bareSocket = ({ origin, cookie }: Pick<Pass, 'origin' | 'cookie'>): WebSocket =>
  new WebSocket(`${origin.replace('http', 'ws')}/rpc`, { origin, headers: { Cookie: cookie } });

/** As a page comes back: asked again while the host has no sidecar yet. */
export async function openSocket({ origin, cookie, key }: Pass): Promise<WebSocket> {
  for (let tries = 0; ; tries++) {
    try {
      const { token } = await postSession(origin, { key }, cookie);
      const socket = bareSocket({ origin, cookie });
      await once(socket, 'open');
      socket.send(JSON.stringify({ token }));
      const [answer] = (await once(socket, 'message')) as [Buffer];
      if (answer.toString('utf8') === '{"ok":true}') return socket;
      socket.terminate();
    } catch (error) {
      if (tries > 100) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function tryKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It had seen the host's end and was quicker.
  }
}

const sidecarsOf = (folder: string): number[] =>
  listProcesses()
    .filter(({ commandLine }) => commandLine.includes('sidecar/main.') && commandLine.includes(folder))
    .map(({ pid }) => pid);
