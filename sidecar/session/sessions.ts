import { randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { protocolVersion } from '#shared/contract/protocol.ts';
import type { MethodParams, MethodResult, Notification } from '#shared/contract/derive.ts';
import { AppError } from '#shared/error/appError.ts';
import type { Clock } from '../lib/clock.ts';
import { Emitter } from '../lib/emitter.ts';
import { Session, type WindowLink } from './session.ts';
import type { SnapshotSource } from './snapshot.ts';

/** How long a window that left may take to come back, and how long at most while something runs for it. */
const graceMs = 60_000;
const busyGraceMs = 10 * 60_000;

export interface SessionsDeps {
  clock: Clock;
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
  kind: 'attached' | 'refused' | 'detached' | 'replaced' | 'ended';
  sessionId?: string;
  windowId: string;
  /** Why it was refused. */
  reason?: string;
  /** How long it took to let it in, or to refuse it. */
  ms?: number;
}

/** The windows that are attached, and those that may come back by their token. */
export class Sessions {
  readonly events = new Emitter<SessionEvent>();
  readonly #sessions = new Map<string, Session>();
  readonly #byLink = new WeakMap<WindowLink, Session>();
  readonly #graces = new Map<string, () => void>();
  readonly #deps: SessionsDeps;

  constructor(deps: SessionsDeps) {
    this.#deps = deps;
  }

  /** Not admitted is a result. */
  attach(params: MethodParams<'session.attach'>, link: WindowLink): MethodResult<'session.attach'> {
    const from = this.#deps.clock.monotonic();
    const result = this.#attach(params, link);
    const { windowId } = params;
    const sessionId = result.snapshot?.session.id;
    this.events.emit({
      kind: result.outcome === 'admitted' ? 'attached' : 'refused',
      windowId,
      ...(sessionId === undefined ? {} : { sessionId }),
      ...(result.reason === undefined ? {} : { reason: result.reason }),
      ms: this.#deps.clock.monotonic() - from,
    });
    return result;
  }

  /** The version is looked at before anything is touched. */
  #attach(params: MethodParams<'session.attach'>, link: WindowLink): MethodResult<'session.attach'> {
    if (params.protocolVersion !== protocolVersion) return { outcome: 'failed', reason: 'VERSION_MISMATCH' };
    const session =
      params.token === undefined ? this.#fresh(params.windowId, link) : this.#returning(params.token, link);
    if (!session) return { outcome: 'failed', reason: 'TOKEN_EXPIRED' };
    this.#graces.get(session.id)?.();
    this.#graces.delete(session.id);
    session.link = link;
    this.#byLink.set(link, session);
    const snapshot = this.#deps.snapshots.of(session);
    return { outcome: 'admitted', token: session.token, revision: snapshot.revision, snapshot };
  }

  /** Starts the grace; ends nothing. */
  detach(link: WindowLink): void {
    const session = this.of(link);
    if (!session) return;
    session.link = undefined;
    this.#byLink.delete(link);
    this.#tell('detached', session);
    this.#startGrace(session, this.#deps.clock.monotonic());
  }

  of(link: WindowLink): Session | undefined {
    const session = this.#byLink.get(link);
    return session?.link === link ? session : undefined;
  }

  require(link: WindowLink): Session {
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

  close(): void {
    for (const stop of this.#graces.values()) stop();
    this.#graces.clear();
  }

  #tell(kind: SessionEvent['kind'], { id: sessionId, record: { windowId } }: Session): void {
    this.events.emit({ kind, sessionId, windowId });
  }

  #fresh(windowId: string, link: WindowLink): Session {
    const present = this.of(link);
    if (present?.record.windowId === windowId) return present;
    if (present) this.detach(link);
    const session = new Session(randomUUID(), windowId, newToken());
    this.#sessions.set(session.id, session);
    this.#deps.onBegin(session.id, windowId);
    return session;
  }

  #returning(token: string, link: WindowLink): Session | undefined {
    const session = this.all().find((each) => sameText(each.token, token));
    if (session?.link && session.link !== link) {
      session.deliver({ method: 'session.replaced', params: {} });
      this.#byLink.delete(session.link);
      this.#tell('replaced', session);
      // The window that was replaced knows the old one, and two windows would take it from each other for ever.
      session.token = newToken();
    }
    return session;
  }

  #startGrace(session: Session, leftAt: number): void {
    const end = () => {
      const gone = this.#deps.clock.monotonic() - leftAt;
      if (this.#deps.isBusy(session.id) && gone < busyGraceMs) return this.#startGrace(session, leftAt);
      this.#graces.delete(session.id);
      this.#sessions.delete(session.id);
      this.#tell('ended', session);
      this.#deps.onEnd(session.id);
    };
    this.#graces.set(session.id, this.#deps.clock.after(graceMs, end));
  }
}

const newToken = (): string => randomBytes(32).toString('base64url');

/** In constant time: a token must not be found out letter by letter. */
function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
