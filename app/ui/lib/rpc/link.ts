import type { MethodInput, MethodName, MethodResult } from '#shared/contract/derive.ts';
import { AppError, toEnvelope } from '#shared/error/appError.ts';
import type { ErrorEnvelope } from '#shared/error/envelope.ts';
import { delayBefore, initialLink, transition, type LinkEvent, type LinkState } from './linkMachine.ts';
import { linkDown, Peer } from './peer.ts';
import type { Rpc } from './rpc.ts';
import { Silence } from './silence.ts';
import { HostGone } from './socket.ts';
import type { MessageSocket } from './socketMessages.ts';

export interface LinkOptions {
  /** Opens a socket that is ready for the first request. Rejects with an AppError where trying again is pointless. */
  open: (signal: AbortSignal) => Promise<MessageSocket>;
  /**
   * Attaches over a fresh peer. Rejects with an AppError whose retry is `auto` to be tried again later. What it returns
   * is called once the link counts as attached, so that it may make calls.
   */
  attach: (peer: Rpc, signal: AbortSignal) => Promise<() => void>;
  notified: (method: string, params: unknown) => void;
  changed: (state: LinkState) => void;
}

/** The reason of an error by which the engine answered an attach and did not let the window in. */
export const refusedAttach = 'attach';

/** An attach that is not answered in this time counts as failed; the sidecar promises an outcome within 10 s. */
const attachDeadlineMs = 12_000;

/** The page's end of the line: opens it, attaches, opens it again after a loss, until closed. */
export class Link implements Rpc {
  #options: LinkOptions;
  #state: LinkState = initialLink;
  #peer: Peer | undefined;
  #socket: MessageSocket | undefined;
  #silence: Silence | undefined;
  #heardAt = 0;
  /** Each attempt has its own; what an older one still reports is dropped. */
  #attempt: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  get state(): LinkState {
    return this.#state;
  }

  start(): void {
    this.#try();
  }

  /** At once, whatever was planned; also after giving up. */
  retryNow(): void {
    if (isOpen(this.#state)) return;
    if (this.#state.kind === 'givenUp' || this.#state.kind === 'replaced') this.#apply({ kind: 'restarted' });
    this.#try();
  }

  replaced(): void {
    this.#apply({ kind: 'replaced' });
    this.#drop();
  }

  async call<M extends MethodName>(
    method: M,
    params: MethodInput<M>,
    signal?: AbortSignal,
  ): Promise<MethodResult<M>> {
    if (!this.#peer || !isOpen(this.#state)) throw linkDown().with({ outcome: 'none' });
    return this.#peer.call(method, params, signal);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#drop();
  }

  #try(): void {
    clearTimeout(this.#timer);
    this.#drop();
    this.#apply({ kind: 'trying' });
    const attempt = new AbortController();
    this.#attempt = attempt;
    this.#openAndAttach(attempt.signal).then(
      (attached) => {
        if (attempt.signal.aborted) return;
        this.#apply({ kind: 'attached', at: Date.now() });
        attached();
        this.#watch();
      },
      (error: unknown) => attempt.signal.aborted || this.#failed(error),
    );
  }

  async #openAndAttach(signal: AbortSignal): Promise<() => void> {
    const socket = await this.#options.open(signal);
    if (signal.aborted) {
      socket.close();
      throw linkDown();
    }
    const peer = new Peer(socket, (method, params) => {
      if (!signal.aborted) this.#options.notified(method, params);
    });
    this.#socket = socket;
    this.#peer = peer;
    socket.addEventListener('message', () => signal.aborted || this.#heard());
    socket.addEventListener('close', () => signal.aborted || this.#lost());
    return this.#attach(peer, signal);
  }

  async #attach(peer: Peer, signal: AbortSignal): Promise<() => void> {
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), attachDeadlineMs);
    try {
      return await this.#options.attach(peer, AbortSignal.any([signal, deadline.signal]));
    } finally {
      clearTimeout(timer);
    }
  }

  /** A socket whose other end hangs stays open, so that nothing of what was sent is in doubt once it goes on. */
  #watch(): void {
    this.#silence = new Silence({
      ask: () => void this.#peer?.call('host.ping', {}).catch(() => undefined),
      silent: () => this.#apply({ kind: 'silent', at: this.#heardAt }),
    });
  }

  #heard(): void {
    this.#heardAt = Date.now();
    this.#silence?.heard();
    this.#apply({ kind: 'heard', at: this.#heardAt });
  }

  /** The socket closed. The next attempt asks the host, which says whether there is any point in going on. */
  #lost(): void {
    this.#drop();
    this.#plan('link');
  }

  #failed(error: unknown): void {
    this.#drop();
    const final =
      error instanceof AppError && error.toEnvelope().retry !== 'auto' && error.code !== 'CANCELLED';
    if (final) return this.#apply({ kind: 'gaveUp', error: toEnvelope(error), at: Date.now() });
    const refused = error instanceof AppError && error.facts.reason === refusedAttach;
    this.#plan(error instanceof HostGone ? 'host' : 'link', refused ? error.toEnvelope() : undefined);
  }

  #plan(missing: 'link' | 'host', refused?: ErrorEnvelope): void {
    const attempt = this.#state.kind === 'lost' ? this.#state.attempt : 0;
    const delayMs = delayBefore(attempt, Math.random());
    this.#apply({ kind: 'failed', at: Date.now(), delayMs, missing, ...(refused ? { refused } : {}) });
    this.#timer = setTimeout(() => this.#try(), delayMs);
  }

  #drop(): void {
    this.#silence?.close();
    this.#attempt?.abort();
    this.#peer?.close();
    this.#socket?.close();
    this.#silence = this.#attempt = this.#peer = this.#socket = undefined;
  }

  #apply(event: LinkEvent): void {
    const next = transition(this.#state, event);
    if (next === this.#state) return;
    this.#state = next;
    this.#options.changed(next);
  }
}

const isOpen = ({ kind }: LinkState): boolean => kind === 'attached' || kind === 'silent';
