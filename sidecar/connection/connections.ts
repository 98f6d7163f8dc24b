import { credentialSources, type ConnectionConfig } from '#shared/connection/config.ts';
import type { GroupLook } from '#shared/connection/definitions.ts';
import type {
  ConnectionInfo,
  ConnectionRow,
  ConnectionStatus,
  StatusReport,
} from '#shared/connection/status.ts';
import type { HostKeyTrust } from '#shared/connection/hostKey.ts';
import type { StageReport, TestReport } from '#shared/connection/testReport.ts';
import type { MethodResult } from '#shared/contract/derive.ts';
import { AppError } from '#shared/error/appError.ts';
import type { Credentials } from '../credentials/credentials.ts';
import type { Prompts } from '../credentials/prompts.ts';
import type { Screen } from '../diagnostics/screen.ts';
import type { EmbeddedServer } from '../embedded/server.ts';
import type { Clock } from '../lib/clock.ts';
import { Emitter } from '../lib/emitter.ts';
import type { Ticker } from '../lib/ticker.ts';
import type { TypeNames } from '../postgres/typeNames.ts';
import type { ImportedItem, Profiles } from '../profiles/profiles.ts';
import { Connection, type PreparedConnect } from './connection.ts';
import { testConnection } from './doctor.ts';
import { targetOf } from './endpoint.ts';
import type { LastGoods } from './lastGood.ts';
import type { LiveConnection } from './live.ts';
import type { Lease, LeaseRequest } from './pool.ts';
import { Questions, type Answer } from './questions.ts';
import { ReadOnlyModes } from './readOnlyModes.ts';
import { TrustedHostKeys } from './trustedHostKeys.ts';

export interface ConnectionStatusEvent {
  connectionId: string;
  report: StatusReport;
  previous: ConnectionStatus;
  at: number;
}

export interface ConnectionsDeps {
  clock: Clock;
  ticker: Ticker;
  profiles: Profiles;
  secrets: Credentials;
  prompts: Prompts;
  embedded: EmbeddedServer;
  /** What is told of an error is written to a file too. */
  screen: Screen;
  /** Told what keeps a password from being kept, and with undefined that one could be. */
  onUnkept: (problem: AppError | undefined) => void;
  lastGoods: LastGoods;
}

/** All connections of this sidecar: definitions made live, one `Connection` for each that was ever connected. */
export class Connections {
  readonly events = new Emitter<ConnectionStatusEvent>();
  readonly tested = new Emitter<{ connectionId: string | undefined; report: TestReport }>();
  /** Who may write where; a window may choose for itself. */
  readonly readOnly: ReadOnlyModes;
  readonly #connections = new Map<string, Connection>();
  readonly #questions: Questions;
  readonly #trusted = new TrustedHostKeys();
  readonly #deps: ConnectionsDeps;

  constructor(deps: ConnectionsDeps) {
    this.#deps = deps;
    this.readOnly = new ReadOnlyModes(deps.profiles);
    this.#questions = new Questions({ ...deps, trusted: this.#trusted });
    deps.profiles.events.on((event) => {
      if (event.kind !== 'connection') return;
      if (event.config) {
        deps.secrets.changed(event.config, event.stale ?? []);
        // An answer would be for whom the question came from, and go to whom the definition names now.
        if (event.stale) deps.prompts.settleFor(event.id);
        return;
      }
      deps.secrets.deleted(event.id);
      deps.lastGoods.forget(event.id);
      void this.#remove(event.id);
    });
  }

  rows(): ConnectionRow[] {
    return this.#deps.profiles.list().connections.map((config) => ({ config, ...this.status(config.id) }));
  }

  /** With the modes that are in force in one window. */
  rowsFor(sessionId: string): ConnectionRow[] {
    return this.rows().map((row) => this.readOnly.seenBy(sessionId, row.config.id, row));
  }

  row(config: ConnectionConfig): ConnectionRow {
    return { config, ...this.#reportOf(config.id) };
  }

  /** Throws NOT_FOUND. */
  status(id: string): StatusReport {
    this.#deps.profiles.get(id);
    return this.#reportOf(id);
  }

  /**
   * Saves a definition, and keeps what was typed with it as its source says; `problem` tells why it is kept for this session
   * only. Rejects with INVALID_CONFIG.
   */
  async save(
    config: unknown,
    secretsInput: unknown,
  ): Promise<{ config: ConnectionConfig; problem?: AppError }> {
    const { profiles, secrets } = this.#deps;
    const typed = profiles.validate(config, secretsInput, { draft: false }).secrets;
    const saved = await profiles.save(config);
    const problem = await secrets.save(saved, typed);
    // Whoever saves is told by the answer, and once is enough.
    if (!problem) this.#deps.onUnkept(undefined);
    return { config: saved, ...(problem && { problem }) };
  }

  /** Takes in definitions from elsewhere, each with the secrets that were found beside it. All of them or none. */
  async import(items: readonly ImportedItem[], looks: readonly GroupLook[]): Promise<ConnectionConfig[]> {
    const imported = await this.#deps.profiles.import(items, looks);
    let problem: AppError | undefined;
    // Where the keychain has failed once, the others need not wait for it too.
    for (const { config, secrets } of imported)
      if (problem) this.#deps.secrets.offer(config, secrets);
      else problem = await this.#deps.secrets.save(config, secrets);
    this.#tellUnkept(problem);
    return imported.map(({ config }) => config);
  }

  /** Idempotent. Rejects with why it could not be connected; CREDENTIAL_REQUIRED carries a `promptId`. */
  connect(id: string, secretsInput: unknown, signal?: AbortSignal): Promise<ConnectionInfo> {
    const { profiles, secrets, prompts } = this.#deps;
    const { config, secrets: given } = profiles.validate(profiles.get(id), secretsInput, { draft: false });
    const connection = this.#connectionOf(id);
    // A connection that is live has proved its password; another one is not tried on it.
    if (!connection.live) {
      secrets.retry(config);
      secrets.offer(config, given);
    }
    prompts.settleFor(id);
    return connection.connect(signal);
  }

  async disconnect(id: string): Promise<void> {
    this.#deps.profiles.get(id);
    this.#deps.prompts.settleFor(id);
    this.#deps.secrets.disconnected(id);
    this.#trusted.forget(id);
    await this.#connections.get(id)?.disconnect();
  }

  /** The next attempt of a connection that is on its way back, now. */
  retryNow(id: string): void {
    this.#deps.profiles.get(id);
    this.#connections.get(id)?.retryNow();
  }

  stopRetry(id: string): void {
    this.#deps.profiles.get(id);
    this.#connections.get(id)?.stopRetry();
  }

  acknowledgeIdentity(id: string): void {
    this.#deps.profiles.get(id);
    this.#connections.get(id)?.acknowledgeIdentity();
  }

  /** The network is back: nobody waits any longer. */
  online(): void {
    for (const connection of this.#connections.values()) connection.retryNow();
  }

  /** Tests a definition as it stands in the form, saved or not. Rejects with INVALID_CONFIG or when given up. */
  async test(
    input: { config: unknown; secrets: unknown; trust?: HostKeyTrust | undefined },
    options: { signal: AbortSignal; onStage: (report: StageReport) => void },
  ): Promise<TestReport> {
    const { clock, profiles, secrets, embedded, lastGoods } = this.#deps;
    const { config, secrets: given } = profiles.validate(input.config, input.secrets, { draft: true });
    const login = { typed: given, kept: () => profiles.find(config.id), signal: options.signal };
    const trust = input.trust ?? {};
    const typed: PreparedConnect = { config, secrets: secrets.forLogin(config, login), trust };
    const prepare = (): Promise<PreparedConnect> =>
      config.mode === 'embedded'
        ? this.#prepareEmbedded(config, options.signal, () => {}, embedded)
        : Promise.resolve(typed);
    const report = await testConnection(targetOf(config), prepare, options);
    const stored = profiles.list().connections.find(({ id }) => id === config.id);
    const compared = lastGoods.tested(config, stored, report, clock.now());
    this.tested.emit({ connectionId: stored?.id, report: compared });
    return compared;
  }

  /** Answers a prompt: keeps the secret as the user wants it kept, or accepts the host key, and connects again. */
  async provide(answer: Answer, signal?: AbortSignal): Promise<ConnectionInfo> {
    const connectionId = this.#questions.answer(answer);
    return this.#connectionOf(connectionId).connect(signal);
  }

  refuse(promptId: string): void {
    this.#deps.prompts.settle(promptId);
  }

  /** Where a password can come from on this computer, and what is kept of one connection's secrets. */
  async sources(id: string | undefined): Promise<MethodResult<'credential.sources'>> {
    const { secrets, profiles } = this.#deps;
    const kept = id === undefined ? [] : secrets.places(profiles.get(id));
    const problem = (await secrets.keychainProblem())?.toEnvelope();
    return {
      sources: credentialSources.map((source) => {
        const fails = source === 'keychain' && problem !== undefined;
        return { source, available: !fails, ...(fails && { problem }) };
      }),
      kept,
    };
  }

  /** A backend for one run or tab. Throws NOT_FOUND and NOT_CONNECTED at once. */
  async lease(
    id: string,
    request: Omit<LeaseRequest, 'database'> & { database?: string | undefined },
  ): Promise<Lease> {
    const live = this.requireLive(id);
    try {
      return await live.lease({ ...request, database: request.database ?? live.info.currentDatabase });
    } catch (error) {
      // A login refused in the pool counts as one refused anywhere: no further one until there is a new password.
      throw error instanceof AppError ? this.#questions.asked(id, error) : error;
    }
  }

  typeNames(id: string, database?: string): TypeNames {
    const live = this.requireLive(id);
    return live.typeNames(database ?? live.info.currentDatabase);
  }

  requireLive(id: string): LiveConnection {
    const config = this.#deps.profiles.get(id);
    const live = this.#connections.get(id)?.live;
    if (live) return live;
    throw new AppError('NOT_CONNECTED', `${config.name} is not connected.`, {
      actions: [{ id: 'connect', label: 'Connect' }],
      outcome: 'none',
    });
  }

  /** Throws the embedded server's data away; its connections are disconnected first. */
  async resetEmbedded(id: string): Promise<void> {
    if (this.#deps.profiles.get(id).mode !== 'embedded')
      throw new AppError('INVALID_CONFIG', 'Only the embedded server can be reset.', {
        issues: [{ path: 'mode', message: 'This is not an embedded server' }],
      });
    const embedded = this.#deps.profiles.list().connections.filter(({ mode }) => mode === 'embedded');
    await Promise.all(embedded.map((config) => this.disconnect(config.id)));
    await this.#deps.embedded.reset();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#connections.values()].map((connection) => connection.disconnect()));
  }

  #reportOf(id: string): StatusReport {
    return this.#connections.get(id)?.report ?? { status: 'disconnected' };
  }

  #connectionOf(id: string): Connection {
    const known = this.#connections.get(id);
    if (known) return known;
    const made = new Connection({
      clock: this.#deps.clock,
      ticker: this.#deps.ticker,
      config: () => this.#deps.profiles.get(id),
      prepare: (signal, onActivity) => this.#prepare(id, signal, onActivity),
      explain: (error) => this.#deps.screen.clean(this.#questions.asked(id, error).toEnvelope()),
      publish: (report, previous) => this.#publish(id, report, previous),
    });
    this.#connections.set(id, made);
    return made;
  }

  async #prepare(
    id: string,
    signal: AbortSignal,
    onActivity: (words: string) => void,
  ): Promise<PreparedConnect> {
    const { profiles, secrets, embedded } = this.#deps;
    const config = profiles.get(id);
    if (config.mode === 'embedded') return this.#prepareEmbedded(config, signal, onActivity, embedded);
    return {
      config,
      secrets: secrets.forLogin(config, { kept: () => profiles.find(id), signal }),
      trust: this.#trusted.of(id),
    };
  }

  async #prepareEmbedded(
    config: ConnectionConfig,
    signal: AbortSignal,
    onActivity: (words: string) => void,
    embedded: EmbeddedServer,
  ): Promise<PreparedConnect> {
    const { host, port, database, username, password } = await embedded.start({ signal, onActivity });
    const started: ConnectionConfig = { ...config, host, port, database, username, tls: { mode: 'disable' } };
    return {
      config: started,
      secrets: this.#deps.secrets.forLogin(started, { typed: { password }, signal }),
    };
  }

  #publish(id: string, report: StatusReport, previous: ConnectionStatus): void {
    const at = this.#deps.clock.now();
    this.events.emit({ connectionId: id, report, previous, at });
    if (report.status === previous) return;
    if (report.status === 'connected') {
      this.#worked(id, at);
      void this.#keepProved(id);
    }
    if (report.status === 'error' && report.error)
      this.#deps.profiles.record(id, { lastError: report.error });
  }

  /** What has proved right goes to the keychain, where the user wanted it there; from then on that is its source. */
  async #keepProved(id: string): Promise<void> {
    const { secrets, profiles } = this.#deps;
    const { stored, problem } = await secrets.proved(id);
    if (stored.length > 0) profiles.useKeychain(id, stored);
    if (stored.length > 0 || problem) this.#tellUnkept(problem);
  }

  /** That there is no keychain at all stands where a password is typed, and is no news. */
  #tellUnkept(problem: AppError | undefined): void {
    if (problem?.code !== 'KEYCHAIN_UNAVAILABLE') this.#deps.onUnkept(problem);
  }

  #worked(id: string, at: number): void {
    const { lastGoods, profiles } = this.#deps;
    profiles.record(id, { lastConnectedAt: at, lastError: null });
    const live = this.#connections.get(id)?.live;
    if (live) lastGoods.connected(profiles.get(id), live, at);
  }

  async #remove(id: string): Promise<void> {
    this.#deps.prompts.settleFor(id);
    this.#trusted.forget(id);
    await this.#connections.get(id)?.disconnect();
    this.#connections.delete(id);
  }
}
