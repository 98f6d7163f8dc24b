import type { ConnectionConfig, Secrets } from '#shared/connection/config.ts';
import type { Prompt } from '#shared/connection/prompt.ts';
import { AppError } from '#shared/error/appError.ts';
import type { Clock } from '../lib/clock.ts';
import type { Keychain } from './keychain.ts';
import type { LoginSecrets, LoginTarget } from './loginSecrets.ts';
import { Refusals } from './refusals.ts';
import {
  secretName,
  secretPlaces,
  staleSecrets,
  typedSecrets,
  type SecretName,
  type SecretPlace,
} from './secretNames.ts';
import { SessionSecrets } from './sessionSecrets.ts';
import { accountOf, SecretSources, type SourceContext } from './sources.ts';

export type Remember = Prompt['remember'][number];

export interface CredentialsDeps {
  keychain: Keychain;
  clock: Clock;
  /** Hears every secret first, so that nothing that leaves this process can hold it. */
  onSecret: (secret: string) => void;
}

interface KeptSecret {
  field: string;
  where: 'keychain' | 'session';
}

export interface LoginOptions {
  /** Comes first, and is kept nowhere. */
  typed?: Secrets;
  /** The definition that secrets are kept for, as it is by now; undefined where none is. */
  kept?: () => ConnectionConfig | undefined;
  /** Ends what is under way; not over while the connection lives. */
  signal: AbortSignal;
}

interface LoginContext extends SourceContext {
  /** What was kept for it and has served it. */
  served: Map<SecretName, string>;
  /** Was the definition changed since, so that what is kept now is for somebody else? */
  isElsewhere: (name: SecretName) => boolean;
}

/** All secrets of all connections: where they are kept, where they come from, and which were refused. */
export class Credentials {
  readonly #keychain: Keychain;
  readonly #sources: SecretSources;
  readonly #onSecret: CredentialsDeps['onSecret'];
  readonly #session = new SessionSecrets();
  readonly #refusals = new Refusals();
  /** For the keychain, once a login has shown that they are right. */
  readonly #unproved = new Map<string, Map<SecretName, string>>();

  constructor({ keychain, clock, onSecret }: CredentialsDeps) {
    this.#keychain = keychain;
    this.#sources = new SecretSources(keychain, clock);
    this.#onSecret = onSecret;
  }

  /**
   * Keeps what was typed beside a definition that is saved, as its source says. Gives why it could not be kept in the
   * keychain; for this session it is kept all the same.
   */
  async save(config: ConnectionConfig, typed: Secrets): Promise<AppError | undefined> {
    this.offer(config, typed);
    this.#unproved.delete(config.id);
    const meant = typedSecrets(config, typed).filter(({ source }) => source === 'keychain');
    const failures = await Promise.all(meant.map(({ name, value }) => this.#store(config.id, name, value)));
    return failures.find((failure) => failure !== undefined);
  }

  /** What was typed to connect: it serves this session, and goes to the keychain when it has proved right. */
  offer(config: ConnectionConfig, typed: Secrets): void {
    for (const { name, value, source } of typedSecrets(config, typed)) {
      const once = source === 'prompt' || source === 'none';
      this.keep(config, name, value, source === 'keychain' ? source : once ? 'none' : 'session');
    }
  }

  keep(config: ConnectionConfig, name: SecretName, value: string, remember: Remember): void {
    this.#onSecret(value);
    this.#refusals.forget(config.id, name);
    this.#session.keep(config.id, name, value, remember === 'none');
    const unproved = this.#unproved.get(config.id) ?? new Map<SecretName, string>();
    this.#unproved.set(config.id, unproved);
    if (remember === 'keychain') unproved.set(name, value);
    else unproved.delete(name);
  }

  /** Puts into the keychain what has proved right; gives what is there now, and why the rest is not. */
  async proved(connectionId: string): Promise<{ stored: SecretName[]; problem?: AppError }> {
    const unproved = [...(this.#unproved.get(connectionId) ?? [])];
    this.#unproved.delete(connectionId);
    const stored: SecretName[] = [];
    let problem: AppError | undefined;
    for (const [name, value] of unproved) {
      const failure = await this.#store(connectionId, name, value);
      if (failure) problem = failure;
      // Forgotten meanwhile: its definition is gone, or leads elsewhere.
      else if (this.#session.get(connectionId, name) === undefined)
        void this.#keychain.remove(accountOf(connectionId, name));
      else stored.push(name);
    }
    return { stored, ...(problem ? { problem } : {}) };
  }

  /** For one attempt to connect and what comes of it, or for one test. */
  forLogin(config: ConnectionConfig, { typed = {}, kept, signal }: LoginOptions): LoginSecrets {
    const served = new Map<SecretName, string>();
    const isElsewhere = (name: SecretName) => {
      const now = kept?.();
      return now !== undefined && staleSecrets(now, config).includes(name);
    };
    const context: LoginContext = { config, signal, fetched: new Map(), served, isElsewhere };
    const once = new Map(typedSecrets(config, typed).map(({ name, value }) => [name, value]));
    for (const value of once.values()) this.#onSecret(value);
    const places = new Map(secretPlaces(config).map((place) => [place.name, place]));
    const find = async (name: SecretName, target?: Partial<LoginTarget>) => {
      const place = places.get(name);
      const given = once.get(name);
      if (given) return given;
      const value = place && (await this.#kept(context, place, target));
      if (!value) return undefined;
      this.#onSecret(value);
      this.#refusals.sent(config.id, name, value);
      return value;
    };
    return {
      password: async (target) => (await find(secretName.password, target)) ?? (await this.#missing(config)),
      keyPassphrase: () => find(secretName.keyPassphrase),
      hop: (id) => ({
        password: () => find(secretName.hopPassword(id)),
        passphrase: () => find(secretName.hopPassphrase(id)),
      }),
    };
  }

  /** The one that was sent last was wrong; it is not sent again by itself. */
  refuse(connectionId: string, name: SecretName): void {
    this.#refusals.refuse(connectionId, name);
    this.#unproved.get(connectionId)?.delete(name);
  }

  isRefused(connectionId: string, name: SecretName): boolean {
    return this.#refusals.has(connectionId, name);
  }

  /** The user wants to connect: a file or a command may say something else by now, or be right by now. */
  retry(config: ConnectionConfig): void {
    for (const { name, source } of secretPlaces(config))
      if (source === 'pgpass' || source === 'command') this.#refusals.forget(config.id, name);
  }

  disconnected(connectionId: string): void {
    this.#session.disconnected(connectionId);
    this.#unproved.delete(connectionId);
  }

  /** A definition was changed: what is for somebody else now, or has no place in the keychain any more, goes. */
  changed(config: ConnectionConfig, stale: readonly SecretName[]): void {
    for (const name of stale) {
      this.#session.forget(config.id, name);
      this.#unproved.get(config.id)?.delete(name);
      this.#refusals.forget(config.id, name);
    }
    const due = secretPlaces(config)
      .filter(({ name, source }) => source === 'keychain' && !stale.includes(name))
      .map(({ name }) => accountOf(config.id, name));
    for (const account of this.#keychain.accounts(accountOf(config.id, '')))
      if (!due.includes(account)) void this.#keychain.remove(account);
  }

  deleted(connectionId: string): void {
    this.#session.forget(connectionId);
    this.#refusals.forget(connectionId);
    this.#unproved.delete(connectionId);
    for (const account of this.#keychain.accounts(accountOf(connectionId, '')))
      void this.#keychain.remove(account);
  }

  /** How long an answer can be kept here. */
  choices(config: ConnectionConfig, name: SecretName): Remember[] {
    const source = secretPlaces(config).find((place) => place.name === name)?.source;
    const own = source === 'pgpass' || source === 'command';
    return ['none', 'session', ...(this.#keychain.works && !own ? (['keychain'] as const) : [])];
  }

  /** Resolves once `choices` knows whether the keychain can be used. */
  async keychainKnown(): Promise<void> {
    if (this.#keychain.works === undefined) await this.#keychain.probe();
  }

  /** Why the keychain cannot be used; undefined where it can. */
  keychainProblem(): Promise<AppError | undefined> {
    return this.#keychain.probe();
  }

  /** Which secrets of a definition are kept, and where; never what they are. */
  places(config: ConnectionConfig): KeptSecret[] {
    return secretPlaces(config).flatMap(({ name, field, source }): KeptSecret[] => {
      if (source === 'keychain' && this.#keychain.has(accountOf(config.id, name)))
        return [{ field, where: 'keychain' }];
      return this.#session.get(config.id, name) === undefined ? [] : [{ field, where: 'session' }];
    });
  }

  async close(): Promise<void> {
    this.#sources.close();
    await this.#keychain.close();
  }

  /** The first that is there and was not refused: of this session, then of its source. */
  async #kept(
    context: LoginContext,
    place: SecretPlace,
    target: Partial<LoginTarget> = {},
  ): Promise<string | undefined> {
    const { config, served, isElsewhere } = context;
    const { name, source } = place;
    const isGood = (value: string) => !this.#refusals.isRefused(config.id, name, value);
    // What is kept under this name is for somebody else: this life goes on with what it had.
    const elsewhere = isElsewhere(name);
    const held = elsewhere ? served.get(name) : this.#session.get(config.id, name);
    const isHeld = held !== undefined && isGood(held);
    if (!isHeld && elsewhere && source === 'keychain') return undefined;
    const value = isHeld ? held : await this.#fetched(context, place, target, isGood);
    if (value === undefined || !isGood(value)) return undefined;
    // A file or a command knows by itself whom it is asked for.
    if (isHeld || source === 'keychain') served.set(name, value);
    return value;
  }

  async #fetched(
    context: SourceContext,
    { name, source }: SecretPlace,
    target: Partial<LoginTarget>,
    isGood: (value: string) => boolean,
  ): Promise<string | undefined> {
    const { config } = context;
    if (source === 'keychain') return this.#sources.keychain(context, name, isGood);
    if (source === 'pgpass' && name === secretName.password) {
      const { host, port, database } = config;
      return this.#sources.pgpass(context, { host, port, database, ...target });
    }
    const credential = source === 'command' ? commandOf(config, name) : undefined;
    return credential && this.#sources.command(context, name, credential, isGood);
  }

  async #store(connectionId: string, name: SecretName, value: string): Promise<AppError | undefined> {
    try {
      await this.#keychain.set(accountOf(connectionId, name), value);
      return undefined;
    } catch (error) {
      return error as AppError;
    }
  }

  /** The user is asked next, and is offered what works here: so that has to be known. */
  async #missing(config: ConnectionConfig): Promise<never> {
    await this.keychainKnown();
    const wasMeant = config.credential.source === 'keychain' && !this.#keychain.works;
    throw new AppError('CREDENTIAL_REQUIRED', 'The server asks for a password.', {
      ...(wasMeant && { hint: 'No keychain can be used here, so passwords are kept for this session only.' }),
      actions: [{ id: 'enterPassword', label: 'Enter password' }],
    });
  }
}

/** A hop's command gives what its login needs. */
function commandOf(config: ConnectionConfig, name: SecretName): ConnectionConfig['credential'] | undefined {
  if (name === secretName.password) return config.credential;
  return config.ssh?.hops.find(
    ({ id, auth }) =>
      name === (auth === 'password' ? secretName.hopPassword(id) : secretName.hopPassphrase(id)),
  )?.credential;
}
