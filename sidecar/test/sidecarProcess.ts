import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { MethodInput, MethodName, MethodResult } from '#shared/contract/derive.ts';
import type { WireMessage } from '#shared/contract/protocol.ts';
import type { ErrorEnvelope } from '#shared/error/envelope.ts';

const root = path.resolve(import.meta.dirname, '../..');
/** What users run. The runners of tests build it first; it starts in a fifth of the time that its source takes. */
const built = path.join(root, 'dist/sidecar/main.cjs');
const answerLimitMs = 30_000;

export interface Heard {
  method: string;
  params: Record<string, unknown>;
  /** When it came in here, by the clock of `performance`. */
  arrivedAt: number;
}

/** An error answer, as any JSON-RPC client would see it. */
export class RpcError extends Error {
  readonly rpcCode: number;
  readonly envelope: ErrorEnvelope | undefined;

  constructor({ code, message, data }: NonNullable<WireMessage['error']>) {
    super(message);
    this.rpcCode = code;
    this.envelope = (data as ErrorEnvelope | undefined) ?? undefined;
  }

  get code(): string | undefined {
    return this.envelope?.code;
  }
}

export interface StartOptions {
  /** Another build than this checkout's. */
  entry?: string;
  /** A command before it, for example one that enters a namespace. */
  through?: readonly string[];
  env?: Record<string, string>;
}

/**
 * The sidecar as a process of its own, driven by the contract alone: frames written and read by hand, so that nothing of
 * the sidecar's own way of speaking can hide a fault of it.
 */
export class SidecarProcess {
  readonly child: ChildProcessWithoutNullStreams;
  readonly notifications: Heard[] = [];
  /** Answers with id null: frames that were refused. */
  readonly refusals: WireMessage[] = [];
  stderr = '';
  #buffer = Buffer.alloc(0);
  #nextId = 1;
  readonly #pending = new Map<number, (message: WireMessage) => void>();
  readonly #listeners = new Set<() => void>();

  constructor(dataDir: string, { entry = built, through = [], env = {} }: StartOptions = {}) {
    const [command, ...args] = [...through, process.execPath, entry, '--data-dir', dataDir];
    this.child = spawn(command ?? process.execPath, args, {
      cwd: root,
      env: { ...process.env, HAWSER_NO_KEYCHAIN: '1', ...env },
    });
    this.child.stdout.on('data', (chunk: Buffer) => this.#receive(chunk));
    this.child.stderr.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.child.stdin.on('error', () => {});
  }

  /** Sends a request and gives its result; rejects with RpcError. */
  async call<M extends MethodName>(method: M, params: MethodInput<M>): Promise<MethodResult<M>> {
    const answer = await this.request({ method, params });
    if (answer.error) throw new RpcError(answer.error);
    return answer.result as MethodResult<M>;
  }

  /** Any request at all, also one that the contract does not know. */
  request(message: Partial<WireMessage>, onId?: (id: number) => void): Promise<WireMessage> {
    const id = this.#nextId++;
    onId?.(id);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        reject(
          new Error(`No answer to ${message.method} in ${answerLimitMs} ms. ${this.stderr.slice(-2_000)}`),
        );
      }, answerLimitMs);
      this.#pending.set(id, (answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
      this.send({ jsonrpc: '2.0', id, ...message });
    });
  }

  send(message: WireMessage): void {
    const body = Buffer.from(JSON.stringify(message));
    this.write(Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]));
  }

  /** Bytes as they are, however wrong. */
  write(bytes: Buffer | string): boolean {
    return this.child.stdin.write(bytes);
  }

  /** The first notification that fits, come already or still to come. */
  async heard(
    method: string,
    fits: (params: Record<string, unknown>) => boolean = () => true,
  ): Promise<Record<string, unknown>> {
    const found = () =>
      this.notifications.find((each) => each.method === method && fits(each.params))?.params;
    return await this.until(found, method);
  }

  /** What `find` gives as soon as it gives something; looked for again at each message. */
  async until<T>(find: () => T | undefined, what: string, limitMs = answerLimitMs): Promise<T> {
    const now = find();
    if (now !== undefined) return now;
    return await new Promise<T>((resolve, reject) => {
      const look = () => {
        const value = find();
        if (value === undefined) return;
        done();
        resolve(value);
      };
      const timer = setTimeout(() => {
        done();
        reject(new Error(`Nothing was heard of: ${what}`));
      }, limitMs);
      const done = () => {
        clearTimeout(timer);
        this.#listeners.delete(look);
      };
      this.#listeners.add(look);
    });
  }

  /** Runs a text to its end and gives how it ended, with its results. */
  async run(connectionId: string, tabId: string, text: string, more: Partial<MethodInput<'query.run'>> = {}) {
    const { runId } = await this.call('query.run', { connectionId, tabId, text, ...more });
    const ended = await this.heard('query.runEnded', (params) => params.runId === runId);
    const of = (method: string) =>
      this.notifications
        .filter((each) => each.method === method && each.params.runId === runId)
        .map(({ params }) => params);
    return { runId, ended, started: of('query.resultStarted'), results: of('query.resultEnded') };
  }

  /** Ends stdin, as the host does, and gives how long the process took to go. */
  async end(): Promise<number> {
    const from = performance.now();
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.stdin.end();
      await once(this.child, 'exit');
    }
    return performance.now() - from;
  }

  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }

  #receive(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    for (;;) {
      const end = this.#buffer.indexOf('\r\n\r\n');
      if (end < 0) break;
      const length = Number(/Content-Length: (\d+)/.exec(this.#buffer.toString('latin1', 0, end))?.[1]);
      if (this.#buffer.length < end + 4 + length) break;
      const body = this.#buffer.toString('utf8', end + 4, end + 4 + length);
      this.#buffer = this.#buffer.subarray(end + 4 + length);
      this.#take(JSON.parse(body) as WireMessage);
    }
    for (const listener of [...this.#listeners]) listener();
  }

  #take(message: WireMessage): void {
    if (message.method !== undefined) {
      const params = message.params as Record<string, unknown>;
      this.notifications.push({ method: message.method, params, arrivedAt: performance.now() });
    } else if (typeof message.id === 'number') {
      this.#pending.get(message.id)?.(message);
      this.#pending.delete(message.id);
    } else this.refusals.push(message);
  }
}
