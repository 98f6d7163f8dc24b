import { randomUUID } from 'node:crypto';
import type { AppError } from '#shared/error/appError.ts';
import { withDeadline } from '../lib/deadline.ts';
import { classifyKeychain, keychainError } from './keychainErrors.ts';
import type { KeychainEntry, KeychainIndex } from './keychainIndex.ts';
import { installedLibraries, type KeychainLibrary } from './keychainLibraries.ts';
import { KeychainProcess, type KeychainOrder } from './keychainProcess.ts';

const service = 'hawser';
/** Whoever waits for a keychain waits for no longer than this, whatever it is that the keychain waits for. */
const limitMs = 2_000;
/** A process that nobody asks is not kept. */
const idleMs = 60_000;

type Ask = (library: KeychainLibrary, order: Omit<KeychainOrder, 'library' | 'service'>) => Promise<unknown>;

/**
 * The keychain of the system. Begun when it is first needed, in a process of its own; every call settles within 2 s and
 * rejects with one of the KEYCHAIN codes. What could not be deleted is deleted as soon as the keychain answers again.
 */
export class Keychain {
  readonly #index: KeychainIndex;
  readonly #libraries: KeychainLibrary[];
  /** One call at a time for an account, in the order they were asked. */
  readonly #last = new Map<string, Promise<unknown>>();
  #process: KeychainProcess | undefined;
  #lingering: KeychainProcess | undefined;
  #idle: NodeJS.Timeout | undefined;
  #works: boolean | undefined;
  #sweeping = false;
  #closed = false;

  constructor(index: KeychainIndex, libraries: KeychainLibrary[] = installedLibraries()) {
    this.#index = index;
    this.#libraries = libraries;
  }

  /** By the last call; undefined where there was none yet. */
  get works(): boolean | undefined {
    return this.#works;
  }

  /** Whether an entry was put there, by our own notes: the keychain is not asked. */
  has(account: string): boolean {
    return this.#index.get(account) !== undefined;
  }

  accounts(prefix: string): string[] {
    return this.#index.list().flatMap(({ account }) => (account.startsWith(prefix) ? [account] : []));
  }

  /** Asks for something that is not there, which shows whether there is a keychain; the reason where there is none. */
  async probe(): Promise<AppError | undefined> {
    try {
      await this.#call('probe', async (ask) => {
        const library = await this.#writer(ask);
        await ask(library, { action: 'get', account: 'probe' });
      });
      return undefined;
    } catch (error) {
      return classifyKeychain(error);
    }
  }

  /** Undefined where there is none, also where the user has deleted it in the keychain itself. */
  async get(account: string): Promise<string | undefined> {
    if (!this.has(account)) return undefined;
    return this.#call(account, async (ask) => {
      const entry = this.#index.get(account);
      if (!entry) return undefined;
      const library = this.#libraryOf(entry);
      const value = await ask(library, { action: 'get', account });
      if (typeof value === 'string') return value;
      await demandOpen(ask, library);
      await this.#index.drop(entry);
      return undefined;
    });
  }

  async set(account: string, secret: string): Promise<void> {
    const before = this.#index.get(account);
    await this.#call(account, async (ask) => {
      const library = await this.#writer(ask);
      // Noted first: a process that is killed in between must leave nothing that nobody knows of.
      await this.#index.put(account, library.name);
      try {
        await ask(library, { action: 'set', account, secret });
      } catch (error) {
        if (!before) await this.#index.doom(account);
        throw error;
      }
    }).catch((error: unknown) => {
      // Also where time ran out: it may come to be there after all, when the user answers a dialog.
      if (!before) void this.#index.doom(account);
      throw error;
    });
  }

  /** Not asked for again from now on, and deleted as soon as that can be done. */
  async remove(account: string): Promise<void> {
    await this.#index.doom(account);
    await this.#deleteDoomed(account).catch(() => {});
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#idle);
    this.#process?.kill();
    this.#lingering?.kill();
    await this.#index.close();
  }

  async #deleteDoomed(account: string): Promise<void> {
    if (this.#index.doomed(account).length === 0) return;
    await this.#call(account, async (ask) => {
      for (const entry of this.#index.doomed(account)) {
        const library = this.#libraryOf(entry);
        const gone = await ask(library, { action: 'remove', account });
        if (gone !== true) await demandOpen(ask, library);
        await this.#index.drop(entry);
      }
    });
  }

  /** What was to be deleted while the keychain was locked or away. */
  async #sweep(): Promise<void> {
    if (this.#sweeping) return;
    this.#sweeping = true;
    for (const { account } of this.#index.doomed()) {
      const failed = await this.#deleteDoomed(account).then(
        () => false,
        () => true,
      );
      if (failed) break;
    }
    this.#sweeping = false;
  }

  async #call<T>(account: string, work: (ask: Ask) => Promise<T>): Promise<T> {
    const before = this.#last.get(account);
    const called = this.#limited(async (ask) => {
      await before?.catch(() => {});
      return work(ask);
    });
    const settled = called.catch(() => {});
    this.#last.set(account, settled);
    try {
      const value = await called;
      this.#works = true;
      void this.#sweep();
      return value;
    } catch (error) {
      this.#works = false;
      throw error;
    } finally {
      if (this.#last.get(account) === settled) this.#last.delete(account);
    }
  }

  async #limited<T>(work: (ask: Ask) => Promise<T>): Promise<T> {
    if (this.#closed || this.#libraries.length === 0) throw keychainError('KEYCHAIN_UNAVAILABLE');
    let asked: KeychainProcess | undefined;
    const attempt = async (signal: AbortSignal): Promise<T> => {
      const process = (asked = this.#started());
      const ask: Ask = (library, order) => {
        signal.throwIfAborted();
        return process.ask({ library, service, ...order });
      };
      try {
        return await work(ask);
      } catch (error) {
        // A library that has seen the keychain go does not find it when it is back.
        const stale = process.hasAnswered && classifyKeychain(error).code === 'KEYCHAIN_UNAVAILABLE';
        if (!stale || signal.aborted) throw error;
        if (this.#process === process) this.#process = undefined;
        process.kill();
        return attempt(signal);
      }
    };
    const onTimeout = () => keychainError('KEYCHAIN_TIMEOUT');
    try {
      return await withDeadline(limitMs, attempt, { onTimeout });
    } catch (error) {
      const failure = classifyKeychain(error);
      if (failure.code === 'KEYCHAIN_TIMEOUT' && asked) this.#letGo(asked);
      throw failure;
    }
  }

  /** The first library that loads here. */
  async #writer(ask: Ask): Promise<KeychainLibrary> {
    let failure: unknown;
    for (const library of this.#libraries) {
      try {
        await ask(library, { action: 'load' });
        return library;
      } catch (error) {
        failure = error;
      }
    }
    throw keychainError('KEYCHAIN_UNAVAILABLE', failure);
  }

  #libraryOf({ library }: KeychainEntry): KeychainLibrary {
    const found = this.#libraries.find(({ name }) => name === library);
    if (found) return found;
    throw keychainError(
      'KEYCHAIN_UNAVAILABLE',
      new Error(`It was written through ${library}, which is not here.`),
    );
  }

  #started(): KeychainProcess {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      this.#process?.kill();
      this.#process = undefined;
    }, idleMs).unref();
    if (!this.#process || this.#process.over) this.#process = new KeychainProcess();
    return this.#process;
  }

  /** It hangs, perhaps until the user has answered a dialog: the next call gets a process of its own. */
  #letGo(process: KeychainProcess): void {
    if (this.#process === process) this.#process = undefined;
    if (this.#lingering !== process) this.#lingering?.kill();
    this.#lingering = process;
    process.linger();
  }
}

/** One of the libraries says of a locked keychain that it holds nothing; only writing shows the difference. */
async function demandOpen(ask: Ask, library: KeychainLibrary): Promise<void> {
  const account = `probe:${randomUUID()}`;
  await ask(library, { action: 'set', account, secret: 'probe' });
  await ask(library, { action: 'remove', account });
}
