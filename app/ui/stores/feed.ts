import type {
  MethodResult,
  Notification,
  NotificationName,
  NotificationParams,
} from '#shared/contract/derive.ts';
import { notifications } from '#shared/contract/notifications.ts';
import { protocolVersion } from '#shared/contract/protocol.ts';
import { isErrorCode, type ErrorCode } from '#shared/error/codes.ts';
import { AppError } from '#shared/error/appError.ts';
import type { Snapshot } from '#shared/session/snapshot.ts';
import { refusedAttach } from '../lib/rpc/link.ts';
import type { Rpc } from '../lib/rpc/rpc.ts';
import type { WindowMemory } from '../lib/windowMemory.ts';

/** What the feed gives its stores; each takes the snapshot whole, then one notification after the other. */
export interface FeedTargets {
  load(snapshot: Snapshot): void;
  apply(notification: Notification): void;
}

interface Arrived {
  revision: number;
  notification: Notification | undefined;
}

/**
 * The only subscriber. Attach returns a snapshot with a revision and each notification carries the next one; a gap asks
 * for a new snapshot. So a reload, a lost socket and a restarted sidecar are one and the same case.
 */
export class Feed {
  #targets: FeedTargets;
  #memory: WindowMemory;
  #rpc: Rpc | undefined;
  /** Undefined while a snapshot is on its way: what arrives meanwhile waits. */
  #revision: number | undefined;
  #waiting: Arrived[] = [];
  #takesOver = false;

  constructor(targets: FeedTargets, memory: WindowMemory) {
    this.#targets = targets;
    this.#memory = memory;
  }

  /** Attaches; returns what takes the snapshot over once the link is open for calls. */
  async attach(rpc: Rpc, signal: AbortSignal): Promise<() => void> {
    this.#rpc = rpc;
    this.#revision = undefined;
    this.#waiting = [];
    const { token, snapshot } = await this.#admission(rpc, signal);
    this.#memory.token = token;
    return () => this.#load(snapshot);
  }

  notified(method: string, params: unknown): void {
    const { revision, ...rest } = params as { revision: number } & Record<string, unknown>;
    const known = Object.hasOwn(notifications, method);
    // The sidecar validates what it sends; a method of a newer sidecar counts, but says nothing to this page.
    const notification = known ? ({ method, params: rest } as unknown as Notification) : undefined;
    this.#arrived({ revision, notification });
  }

  /** The next attach takes the session from the window that has it. Only ever because the user said so. */
  takeOver(): void {
    this.#takesOver = true;
  }

  async #admission(rpc: Rpc, signal: AbortSignal): Promise<{ token?: string; snapshot: Snapshot }> {
    let result = await this.#ask(rpc, signal);
    for (const ms of oldSocketMs) {
      if (result.reason !== 'ALREADY_ATTACHED') break;
      await pause(ms, signal);
      result = await this.#ask(rpc, signal);
    }
    if (result.outcome !== 'admitted' || !result.snapshot) throw refused(result);
    this.#takesOver = false;
    return { token: result.token, snapshot: result.snapshot as Snapshot };
  }

  async #ask(rpc: Rpc, signal: AbortSignal): Promise<MethodResult<'session.attach'>> {
    const { windowId, token } = this.#memory;
    const attach = (more: { token?: string; replace?: boolean }) =>
      rpc.call('session.attach', { protocolVersion, windowId, ...more }, signal);
    // By the window's name: the token of one that was replaced is void.
    if (this.#takesOver) return attach({ replace: true });
    if (token === undefined) return attach({});
    const result = await attach({ token });
    if (result.reason !== 'TOKEN_EXPIRED' && result.reason !== 'INVALID_INSTANCE') return result;
    // The session has ended meanwhile, for example with the sidecar that kept it, or it is another window's now.
    this.#memory.token = undefined;
    return attach({});
  }

  #load(snapshot: Snapshot): void {
    this.#targets.load(snapshot);
    this.#revision = snapshot.revision;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const arrived of waiting) this.#arrived(arrived);
  }

  #arrived(arrived: Arrived): void {
    if (this.#revision === undefined) this.#waiting.push(arrived);
    else if (arrived.revision > this.#revision + 1) this.#reload(arrived);
    else this.#take(arrived);
  }

  #take({ revision, notification }: Arrived): void {
    // The snapshot holds it already.
    if (this.#revision === undefined || revision <= this.#revision) return;
    this.#revision = revision;
    if (notification) this.#targets.apply(notification);
  }

  /** Something is missing before `arrived`: everything anew. */
  #reload(arrived: Arrived): void {
    const rpc = this.#rpc;
    this.#revision = undefined;
    this.#waiting = [arrived];
    rpc?.call('session.snapshot', {}).then(
      ({ snapshot }) => {
        if (this.#rpc === rpc && this.#revision === undefined) this.#load(snapshot as Snapshot);
      },
      // Only a lost link fails here, and its return attaches and loads anyway.
      () => undefined,
    );
  }
}

/** After a reload the old socket may close a little later than the new page comes: it is asked again before the user is. */
const oldSocketMs = [50, 150, 300, 500];

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });

function refused({ outcome, reason, retryAfterMs, position }: MethodResult<'session.attach'>): AppError {
  const code = isErrorCode(reason) ? reason : outcome === 'queued' ? 'QUEUE_FULL' : 'INTERNAL';
  const place = position === undefined ? '' : ` Its place in the queue is ${position}.`;
  const words = refusals[code] ?? 'The engine did not let this window in.';
  return new AppError(code, `${words}${place}`, {
    reason: refusedAttach,
    detail: reason,
    retryAfterMs,
    // Whoever was refused for trying too often does not go on trying by himself.
    ...(code === 'RATE_LIMITED' ? { retry: 'user' } : {}),
  });
}

const refusals: Partial<Record<ErrorCode, string>> = {
  ADMISSION_TIMEOUT: 'The engine did not let this window in within ten seconds.',
  ALREADY_ATTACHED: 'That window shows the tabs and results of this one, which can be in one window only.',
  DRAINING: 'Hawser is about to end and lets no new window in.',
  MAINTENANCE: 'The engine is under maintenance and lets no window in.',
  QUEUE_FULL: 'The engine is busy with other windows. This one is let in as soon as there is room.',
  RATE_LIMITED: 'This window was refused five times within a minute.',
  SUSPENDED: 'The engine lets nobody in at the moment.',
  VERSION_MISMATCH: 'This page and the engine are of different versions. Start Hawser again.',
};

/** One handler a notification: a missing one does not compile. */
export type NotificationHandlers = { [N in NotificationName]: (params: NotificationParams<N>) => void };
