import { spawn, type ChildProcess } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { keychainScript } from './keychainScript.ts';
import type { KeychainLibrary } from './keychainLibraries.ts';

export interface KeychainOrder {
  library: KeychainLibrary;
  action: 'load' | 'get' | 'set' | 'remove';
  service?: string;
  account?: string;
  secret?: string;
}

/** What a desktop asks for (unlock the keychain) may take the user this long; the process that waits for it is then killed. */
const lingerMs = 60_000;

interface Pending {
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
  /** Whether it goes further than the library. */
  reaches: boolean;
}

/** One process that talks to the keychain. Nothing of it keeps this one from ending, and it ends with this one. */
export class KeychainProcess {
  readonly #child: ChildProcess;
  readonly #pipe: Duplex;
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;
  #over = false;
  #hasAnswered = false;

  constructor() {
    const { NODE_OPTIONS: _, ...env } = process.env;
    this.#child = spawn(process.execPath, ['-'], {
      stdio: ['pipe', 'ignore', 'ignore', 'pipe'],
      env,
      windowsHide: true,
    });
    this.#pipe = this.#child.stdio[3] as Duplex;
    this.#child.on('error', (error) => this.#ended(error));
    this.#child.on('exit', () => this.#ended(new Error('The process that talks to the keychain ended.')));
    this.#child.stdin?.on('error', () => {});
    this.#pipe.on('error', () => {});
    this.#child.stdin?.end(keychainScript);
    this.#listen();
    this.#child.unref();
    (this.#pipe as Duplex & { unref?: () => void }).unref?.();
  }

  get over(): boolean {
    return this.#over;
  }

  /** Whether it has reached the keychain before. */
  get hasAnswered(): boolean {
    return this.#hasAnswered;
  }

  /** Rejects with the library's own words; waits for as long as the library does. */
  ask({ library, ...order }: KeychainOrder): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#over) return reject(new Error('The process that talks to the keychain has ended.'));
      const id = this.#nextId++;
      this.#pending.set(id, { resolve, reject, reaches: order.action !== 'load' });
      this.#pipe.write(`${JSON.stringify({ id, store: library.name, path: library.path, ...order })}\n`);
    });
  }

  /** Nobody waits for it any more, but a dialog of the desktop may still stand there because of it. */
  linger(): void {
    setTimeout(() => this.kill(), lingerMs).unref();
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #listen(): void {
    let text = '';
    this.#pipe.setEncoding('utf8');
    this.#pipe.on('data', (data: string) => {
      text += data;
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines)
        this.#answered(JSON.parse(line) as { id: number; value?: unknown; error?: string });
    });
  }

  #answered({ id, value, error }: { id: number; value?: unknown; error?: string }): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (error !== undefined) return pending?.reject(new Error(error));
    if (pending?.reaches) this.#hasAnswered = true;
    pending?.resolve(value);
  }

  #ended(error: Error): void {
    this.#over = true;
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}
