import type { Notification, NotificationName, NotificationParams } from '#shared/contract/derive.ts';
import { notifications } from '#shared/contract/notifications.ts';
import { protocolVersion } from '#shared/contract/protocol.ts';
import { isErrorCode } from '#shared/error/codes.ts';
import { AppError } from '#shared/error/appError.ts';
import type { Snapshot } from '#shared/session/snapshot.ts';
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

  async #admission(rpc: Rpc, signal: AbortSignal): Promise<{ token?: string; snapshot: Snapshot }> {
    const { windowId, token } = this.#memory;
    const attach = (more: { token?: string; replace?: boolean }) =>
      rpc.call('session.attach', { protocolVersion, windowId, ...more }, signal);
    let result = await attach(token === undefined ? {} : { token });
    // The session has ended meanwhile, for example with the sidecar that kept it.
    if (result.reason === 'TOKEN_EXPIRED') result = await attach({});
    // This window's own socket from before a reload has not been missed yet.
    if (result.reason === 'ALREADY_ATTACHED') result = await attach({ replace: true });
    if (result.outcome === 'admitted' && result.snapshot)
      return { token: result.token, snapshot: result.snapshot as Snapshot };
    throw refused(result);
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

function refused(result: { outcome: string; reason?: string; retryAfterMs?: number }): AppError {
  const waits = result.outcome === 'queued' || result.outcome === 'timeout';
  const code = isErrorCode(result.reason) ? result.reason : waits ? 'QUEUE_FULL' : 'INTERNAL';
  return new AppError(code, refusals[code] ?? 'The engine did not let this window in.', {
    detail: result.reason,
    retryAfterMs: result.retryAfterMs,
  });
}

const refusals: Partial<Record<string, string>> = {
  VERSION_MISMATCH: 'This page and the engine are of different versions. Start Hawser again.',
  QUEUE_FULL: 'The engine is busy with other windows. This one is let in as soon as there is room.',
};

/** One handler a notification: a missing one does not compile. */
export type NotificationHandlers = { [N in NotificationName]: (params: NotificationParams<N>) => void };
