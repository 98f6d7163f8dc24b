import type { ConnectionConfig } from '#shared/connection/config.ts';
import { AppError } from '#shared/error/appError.ts';
import type { Clock } from '../lib/clock.ts';
import type { Keychain } from './keychain.ts';
import type { LoginTarget } from './loginSecrets.ts';
import { runPasswordCommand } from './passwordCommand.ts';
import { readPgpass } from './pgpassFile.ts';
import type { SecretName } from './secretNames.ts';

const defaultCommandTimeoutSec = 10;

type Credential = ConnectionConfig['credential'];

/** Where an entry of the keychain stands, all under the service `hawser`. */
export const accountOf = (connectionId: string, name: SecretName | ''): string =>
  `connection:${connectionId}:${name}`;

interface Fetched {
  value: Promise<string | undefined>;
  at: number;
}

/** For one life of a connection, or one test. */
export interface SourceContext {
  config: ConnectionConfig;
  signal: AbortSignal;
  /** What was fetched in this life, so that a pool does not run a command for each of its backends. */
  fetched: Map<string, Fetched>;
}

/** The sources outside of this process: keychain, password file, password command. */
export class SecretSources {
  readonly #keychain: Keychain;
  readonly #clock: Clock;
  /** Of commands whose definition says for how long their output is good. */
  readonly #outputs = new Map<string, Fetched>();
  readonly #closed = new AbortController();

  constructor(keychain: Keychain, clock: Clock) {
    this.#keychain = keychain;
    this.#clock = clock;
  }

  keychain(
    { config, fetched }: SourceContext,
    name: SecretName,
    isGood: IsGood,
  ): Promise<string | undefined> {
    const account = accountOf(config.id, name);
    return this.#once(fetched, { key: account, isGood }, () => this.#keychain.get(account));
  }

  /** Rejects with CREDENTIAL_REQUIRED, which says what is the matter with the file. */
  pgpass({ config }: SourceContext, target: LoginTarget): Promise<string> {
    return readPgpass(config.credential.passfile, { ...target, username: config.username });
  }

  /** Run once for the life of a connection, or kept for as long as its definition says, over several lives. */
  command(
    { config, fetched, signal }: SourceContext,
    name: SecretName,
    { command = [], commandTimeoutSec = defaultCommandTimeoutSec, commandLifetimeSec }: Credential,
    isGood: IsGood,
  ): Promise<string | undefined> {
    const key = JSON.stringify([config.id, name, command]);
    const maxAgeMs = (commandLifetimeSec ?? Infinity) * 1_000;
    const cache = commandLifetimeSec === undefined ? fetched : this.#outputs;
    return this.#once(cache, { key, isGood, maxAgeMs }, () =>
      runPasswordCommand(
        { command, timeoutMs: commandTimeoutSec * 1_000 },
        AbortSignal.any([signal, this.#closed.signal]),
      ),
    );
  }

  close(): void {
    this.#closed.abort(new AppError('CANCELLED', 'Hawser ends.'));
  }

  /** What failed, was refused since, or is too old is fetched again, by the first that asks, for all of them. */
  async #once(
    cache: Map<string, Fetched>,
    wanted: { key: string; isGood: IsGood; maxAgeMs?: number },
    fetch: () => Promise<string | undefined>,
  ): Promise<string | undefined> {
    const { key, isGood, maxAgeMs = Infinity } = wanted;
    const known = cache.get(key);
    if (known && this.#clock.monotonic() - known.at < maxAgeMs) {
      const value = await known.value.catch(() => undefined);
      if (value !== undefined && isGood(value)) return value;
      if (cache.get(key) !== known) return this.#once(cache, wanted, fetch);
    }
    const fetching = { value: fetch(), at: this.#clock.monotonic() };
    cache.set(key, fetching);
    return fetching.value;
  }
}

/** False for one that was refused. */
type IsGood = (value: string) => boolean;
