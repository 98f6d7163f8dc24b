import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { protocolVersion } from '#shared/contract/protocol.ts';
import type { MethodParams, MethodResult, Notification } from '#shared/contract/derive.ts';
import { AppError } from '#shared/error/appError.ts';
import { asError } from '../lib/asError.ts';
import type { Clock } from '../lib/clock.ts';
import { Emitter, rethrowLater } from '../lib/emitter.ts';
import { Admission } from './admission.ts';
import type { AdmissionEffect } from './admissionMachine.ts';
import { Session, type WindowLink } from './session.ts';
import type { SnapshotSource } from './snapshot.ts';

/** What sessions are made of; not there before the stores are read. */
export interface SessionsDeps {
  snapshots: SnapshotSource;
  /** Does something run for this session? */
  isBusy: (sessionId: string) => boolean;
  /** A window is attached for the first time. */
  onBegin: (sessionId: string, windowId: string) => void;
  /** The session is over: what it held is given back. */
  onEnd: (sessionId: string) => void;
}

/** What a window did or met at the door, for whoever looks for a fault later. */
export interface SessionEvent {
  kind: 'attached' | 'refused' | 'promoted' | 'detached' | 'replaced' | 'ended' | 'draining';
  sessionId?: string;
  /** Absent where all are meant. */
  windowId?: string;
  /** Why it was refused. */
  reason?: string;
  /** How long it took to let it in, or to refuse it. */
  ms?: number;
  /** When it ends at the latest. */
  until?: number;
}

type AttachResult = MethodResult<'session.attach'>;

/** The windows that are attached, and those that may come back by their token. Who may is the admission's to say. */
export class Sessions {
  readonly events = new Emitter<SessionEvent>();
  readonly #sessions = new Map<string, Session>();
  readonly #byLink = new WeakMap<WindowLink, Session>();
  readonly #holders = new WeakMap<WindowLink, number>();
  readonly #admission: Admission;
  readonly #clock: Clock;
  #deps: SessionsDeps | undefined;
  #holderCount = 0;
  #drainingUntil: number | undefined;
  #closed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#admission = new Admission({
      clock,
      busy: () => new Set([...this.#sessions.keys()].filter((id) => this.#deps?.isBusy(id))),
      carryOut: (effect) => this.#carryOut(effect),
      onFault: rethrowLater,
    });
  }

  /** The stores are read: whoever waits comes in. */
  open(deps: SessionsDeps): void {
    this.#deps = deps;
    this.#admission.enter({ kind: 'open' });
  }

  /** Not admitted is a result. */
  async attach(params: MethodParams<'session.attach'>, link: WindowLink): Promise<AttachResult> {
    const from = this.#clock.monotonic();
    const result = await this.#attach(params, link);
    const { windowId } = params;
    const sessionId = result.snapshot?.session.id;
    this.events.emit({
      kind: result.outcome === 'admitted' ? 'attached' : 'refused',
      windowId,
      ...(sessionId === undefined ? {} : { sessionId }),
      ...(result.reason === undefined ? {} : { reason: result.reason }),
      ms: this.#clock.monotonic() - from,
    });
    return result;
  }

  /** The version is looked at before anything is touched. */
  #attach(params: MethodParams<'session.attach'>, link: WindowLink): Promise<AttachResult> {
    const { windowId, token, replace = false } = params;
    if (params.protocolVersion !== protocolVersion)
      return Promise.resolve({ outcome: 'failed', reason: 'VERSION_MISMATCH' });
    if (this.#closed) return Promise.resolve({ outcome: 'failed', reason: 'DRAINING' });
    const newToken = randomBytes(32).toString('base64url');
    const ask = {
      holder: this.#holderOf(link),
      windowId,
      replace,
      newSessionId: randomUUID(),
      newToken: digest(newToken),
      ...(token === undefined ? {} : { token: digest(token) }),
    };
    return new Promise((resolve, reject) =>
      this.#admission.ask(ask, (outcome) => {
        if (outcome.outcome !== 'admitted') return resolve(outcome);
        const { sessionId, renewed } = outcome;
        try {
          resolve(this.#admit(sessionId, link, renewed ? newToken : token));
        } catch (error) {
          reject(asError(error));
        }
      }),
    );
  }

  /** Starts the grace; ends nothing. */
  detach(link: WindowLink): void {
    this.#admission.left(this.#holderOf(link));
  }

  of(link: WindowLink): Session | undefined {
    const session = this.#byLink.get(link);
    return session?.link === link ? session : undefined;
  }

  /** Throws UNAUTHENTICATED, and DRAINING from `close` on: what is taken in then would be confirmed and never kept. */
  require(link: WindowLink): Session {
    if (this.#closed) throw ending();
    const session = this.of(link);
    if (session) return session;
    throw new AppError('UNAUTHENTICATED', 'This window is not attached. Attach first.');
  }

  all(): Session[] {
    return [...this.#sessions.values()];
  }

  deliver(sessionId: string, notification: Notification): void {
    this.#sessions.get(sessionId)?.deliver(notification);
  }

  /** What runs may end until then; nobody new comes in, and nothing new begins. */
  drain(until: number): void {
    this.#drainingUntil = until;
    const waitMs = until - this.#clock.now();
    this.events.emit({ kind: 'draining', until });
    this.#admission.enter({ kind: 'draining', until: this.#clock.monotonic() + waitMs });
    for (const session of this.all()) session.deliver({ method: 'session.draining', params: { until } });
  }

  /** Until when what runs may end; undefined where Hawser is not about to end. */
  get drainingUntil(): number | undefined {
    return this.#drainingUntil;
  }

  /** Hawser ends now: nobody comes in, and nothing is done for anybody any more. */
  close(): void {
    this.#closed = true;
    this.#admission.close();
  }

  #holderOf(link: WindowLink): number {
    const known = this.#holders.get(link);
    if (known !== undefined) return known;
    this.#holderCount += 1;
    this.#holders.set(link, this.#holderCount);
    return this.#holderCount;
  }

  #admit(sessionId: string, link: WindowLink, token: string | undefined): AttachResult {
    const session = this.#sessions.get(sessionId);
    if (!session || !this.#deps) throw new Error(`Session ${sessionId} was given out and is not there`);
    session.link = link;
    this.#byLink.set(link, session);
    const snapshot = this.#deps.snapshots.of(session);
    return { outcome: 'admitted', token, revision: snapshot.revision, snapshot };
  }

  #tell(kind: SessionEvent['kind'], { id: sessionId, record: { windowId } }: Session): void {
    this.events.emit({ kind, sessionId, windowId });
  }

  #carryOut(effect: Exclude<AdmissionEffect, { kind: 'answered' }>): void {
    if (effect.kind === 'promoted') return this.events.emit({ kind: 'promoted', windowId: effect.windowId });
    const { sessionId } = effect;
    if (effect.kind === 'began') {
      this.#sessions.set(sessionId, new Session(sessionId, effect.windowId));
      return this.#deps?.onBegin(sessionId, effect.windowId);
    }
    const session = this.#sessions.get(sessionId);
    if (!session) return;
    switch (effect.kind) {
      case 'replaced':
        session.deliver({ method: 'session.replaced', params: {} });
        return this.#tell('replaced', session);
      case 'left':
        session.link = undefined;
        return this.#tell('detached', session);
      case 'ended':
        this.#sessions.delete(sessionId);
        this.#tell('ended', session);
        this.#deps?.onEnd(sessionId);
    }
  }
}

const ending = (): AppError =>
  new AppError('DRAINING', 'Hawser ends just now, so this was not done.', {
    hint: 'Start Hawser again to go on.',
    retry: 'user',
    outcome: 'none',
  });

/** What is compared and kept is no token, so that neither its time nor its place gives one away. */
const digest = (token: string): string => createHash('sha256').update(token).digest('base64url');
