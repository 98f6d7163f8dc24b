import type { ConnectionConfig } from '#shared/connection/config.ts';
import type { HostKeyTrust } from '#shared/connection/hostKey.ts';
import type { ConnectionInfo, ConnectionStatus, StatusReport } from '#shared/connection/status.ts';
import { AppError, fromEnvelope } from '#shared/error/appError.ts';
import type { ErrorEnvelope } from '#shared/error/envelope.ts';
import type { LoginSecrets } from '../credentials/loginSecrets.ts';
import type { Clock } from '../lib/clock.ts';
import type { Ticker } from '../lib/ticker.ts';
import { classify } from '../postgres/linkErrors.ts';
import {
  initialState,
  transition,
  type ConnectionEffect,
  type ConnectionEvent,
  type ConnectionState,
} from './connectionMachine.ts';
import { targetOf } from './endpoint.ts';
import { IdentityWatch } from './identity.ts';
import { startHeartbeat } from './heartbeat.ts';
import { LiveConnection, type RefusedSettings } from './live.ts';
import { retryPolicy, type RetryPolicy } from './retryPolicy.ts';
import { isLive, isTrying, reportOf } from './statusReport.ts';

/** Each step of an attempt to come back has at most this time: whoever waits wants to know. */
const stepAgainSec = 4;

export interface ConnectionDeps {
  clock: Clock;
  ticker: Ticker;
  /** The definition as it is now. */
  config: () => ConnectionConfig;
  /** What an attempt needs: the definition with the address of the embedded server where it is that, and its secrets. */
  prepare: (signal: AbortSignal, onActivity: (words: string) => void) => Promise<PreparedConnect>;
  /** Something failed: asks the user where that helps, and gives the error as it is told. */
  explain: (error: AppError) => ErrorEnvelope;
  publish: (report: StatusReport, previous: ConnectionStatus) => void;
}

export interface PreparedConnect {
  config: ConnectionConfig;
  secrets: LoginSecrets;
  /** Host keys of SSH hops that the user has accepted. */
  trust?: HostKeyTrust;
}

interface Waiter {
  resolve: (info: ConnectionInfo) => void;
  reject: (error: AppError) => void;
}

/** One connection's life: feeds the machine, does what it asks for, and holds what is live. */
export class Connection {
  #state: ConnectionState = initialState;
  #live: LiveConnection | undefined;
  #attempt: AbortController | undefined;
  /** Closing is waited for before the next opening, so that connect and disconnect happen in the order asked. */
  #closing: Promise<void> = Promise.resolve();
  #waiters: Waiter[] = [];
  /** The last failure as it is, with its cause; the state holds what is told of it. */
  #lastError: AppError | undefined;
  #stopWatching: (() => void)[] = [];
  readonly #identity = new IdentityWatch();
  readonly #refused: RefusedSettings = { control: new Set(), pool: new Set() };
  readonly #deps: ConnectionDeps;

  constructor(deps: ConnectionDeps) {
    this.#deps = deps;
  }

  get live(): LiveConnection | undefined {
    return isLive(this.#state) ? this.#live : undefined;
  }

  get report(): StatusReport {
    return reportOf(this.#state);
  }

  /** Idempotent: connected answers at once, an attempt under way is joined, a planned one begins now. */
  connect(signal?: AbortSignal): Promise<ConnectionInfo> {
    if (isLive(this.#state)) return Promise.resolve(this.#state.info);
    const settled = new Promise<ConnectionInfo>((resolve, reject) => {
      const waiter: Waiter = { resolve, reject };
      this.#waiters.push(waiter);
      signal?.addEventListener('abort', () => this.#giveUp(waiter), { once: true });
    });
    this.#dispatch({ type: 'connect' });
    return settled;
  }

  /** Who asked no longer waits. An attempt that nobody waits for is ended. */
  #giveUp(waiter: Waiter): void {
    const at = this.#waiters.indexOf(waiter);
    if (at < 0) return;
    this.#waiters.splice(at, 1);
    waiter.reject(new AppError('CANCELLED', 'Connecting was stopped.'));
    if (this.#waiters.length === 0 && this.#state.name === 'connecting')
      this.#dispatch({ type: 'disconnect' });
  }

  /** Idempotent; resolves once everything of it is closed, within 2 s. */
  async disconnect(): Promise<void> {
    this.#dispatch({ type: 'disconnect' });
    await this.#closing;
  }

  /** The next attempt now, if one is planned. */
  retryNow(): void {
    this.#dispatch({ type: 'retryNow' });
  }

  /** No further attempts by itself. */
  stopRetry(): void {
    this.#dispatch({ type: 'stopRetry' });
  }

  /** The user has seen that another server answers. */
  acknowledgeIdentity(): void {
    const state = this.#state;
    if (!isLive(state) || !state.info.identity) return;
    this.#identity.acknowledge();
    const identity = { ...state.info.identity, writesHeld: false };
    this.#dispatch({ type: 'informed', epoch: state.epoch, info: { ...state.info, identity } });
  }

  #dispatch(event: ConnectionEvent): void {
    const previous = this.#state;
    const around = { now: this.#deps.clock.now(), retry: this.#retryPolicy() };
    const { state, effects } = transition(previous, event, around);
    this.#state = state;
    for (const effect of effects) this.#do(effect, previous);
    if (effects.length > 0) this.#settleWaiters();
  }

  #retryPolicy(): RetryPolicy {
    return (question) => retryPolicy(this.#deps.config().options.reconnect, Math.random)(question);
  }

  #do(effect: ConnectionEffect, previous: ConnectionState): void {
    switch (effect.type) {
      case 'open':
        void this.#open(effect.epoch, previous.name === 'reconnecting');
        break;
      case 'close':
        this.#close();
        break;
      case 'wait':
        this.#wait(effect);
        break;
      case 'publish':
        this.#deps.publish(this.report, previous.name);
    }
  }

  /** A sleep ends every wait: whoever opens the lid wants to go on. */
  #wait({ epoch, ms }: { epoch: number; ms: number }): void {
    const due = () => this.#dispatch({ type: 'due', epoch });
    const { clock, ticker } = this.#deps;
    this.#stopWatching.push(
      clock.after(ms, due),
      ticker.on(({ slept }) => slept && due()),
    );
  }

  async #open(epoch: number, again: boolean): Promise<void> {
    this.#stopAllWatching();
    const attempt = new AbortController();
    this.#attempt = attempt;
    const { signal } = attempt;
    try {
      await this.#closing;
      signal.throwIfAborted();
      const prepared = await this.#deps.prepare(signal, (words) =>
        this.#dispatch({ type: 'activity', epoch, words }),
      );
      const config = again ? withShortSteps(prepared.config) : prepared.config;
      const live = await LiveConnection.open({ ...prepared, config, refused: this.#refused, signal, again });
      if (signal.aborted) return await live.close(classify(signal.reason, targetOf(config)));
      this.#opened(epoch, live, config);
    } catch (error) {
      if (!signal.aborted) this.#fail({ type: 'failed', epoch }, classify(error, 'the server'));
    }
  }

  #opened(epoch: number, live: LiveConnection, config: ConnectionConfig): void {
    this.#live = live;
    const { control } = live;
    control.lost.on((error) => this.#fail({ type: 'lost', epoch }, error));
    const identity = this.#identity.seen(targetOf(config), live.info);
    this.#dispatch({ type: 'opened', epoch, info: { ...live.info, ...(identity ? { identity } : {}) } });
    const { options } = config;
    const heartbeat = startHeartbeat({
      control,
      ticker: this.#deps.ticker,
      intervalMs: options.heartbeatIntervalMs,
      deadlineMs: options.heartbeatDeadlineMs,
      onSlow: (late) => this.#dispatch({ type: 'slow', epoch, ...late }),
      onSteady: () => this.#dispatch({ type: 'steady', epoch }),
    });
    this.#stopWatching.push(heartbeat.stop, live.backendLost.on(heartbeat.beatNow));
    // It may have been lost between its login and now, when nobody listened.
    if (!control.alive)
      this.#fail({ type: 'lost', epoch }, new AppError('CONNECTION_LOST', 'The connection was lost.'));
  }

  #fail(event: { type: 'failed' | 'lost'; epoch: number }, error: AppError): void {
    if (event.epoch !== this.#state.epoch) return;
    this.#lastError = error;
    this.#dispatch({ ...event, error: this.#deps.explain(error) });
  }

  #close(): void {
    const failed = this.#state.name === 'error' || this.#state.name === 'reconnecting';
    const error =
      failed && this.#lastError
        ? this.#lastError
        : new AppError('CANCELLED', 'Disconnected before this had ended.');
    this.#stopAllWatching();
    this.#attempt?.abort(error);
    const live = this.#live;
    this.#live = undefined;
    if (live) this.#closing = Promise.all([this.#closing, live.close(error)]).then(() => {});
  }

  #stopAllWatching(): void {
    for (const stop of this.#stopWatching.splice(0)) stop();
  }

  /** Whoever asked to connect is told how this attempt went; further ones are news, not an answer. */
  #settleWaiters(): void {
    const state = this.#state;
    if (isTrying(state)) return;
    for (const { resolve, reject } of this.#waiters.splice(0)) {
      if (isLive(state)) resolve(state.info);
      else if (state.name === 'disconnected')
        reject(new AppError('CANCELLED', 'Disconnected while connecting.'));
      else if ('error' in state) reject(fromEnvelope(state.error));
    }
  }
}

const withShortSteps = (config: ConnectionConfig): ConnectionConfig => {
  const connectTimeoutSec = Math.min(config.options.connectTimeoutSec, stepAgainSec);
  return { ...config, options: { ...config.options, connectTimeoutSec } };
};
