import type { SessionRecord } from '#shared/session/record.ts';
import { AppError } from '#shared/error/appError.ts';
import type { Connections } from '../connection/connections.ts';
import type { Clock } from '../lib/clock.ts';
import { atMost } from '../lib/deadline.ts';
import type { Profiles } from '../profiles/profiles.ts';
import type { Settings } from '../settings/settings.ts';
import type { Session } from './session.ts';

/** Leaving the connection before is best effort, and not waited for longer than this. */
const leaveLimitMs = 2_000;

export interface SwitcherDeps {
  clock: Clock;
  connections: Connections;
  profiles: Profiles;
  settings: Settings;
}

/** Moves a window from one connection to another, always in the same order; a later switch supersedes an earlier one. */
export class Switcher {
  readonly #turns = new WeakMap<Session, number>();
  readonly #deps: SwitcherDeps;

  constructor(deps: SwitcherDeps) {
    this.#deps = deps;
  }

  /** Is a switch of this session under way? Its record says `switching` until it ends. */
  isSwitching(session: Session): boolean {
    return session.record.status === 'switching';
  }

  /** Rejects with why the target could not be connected, or CANCELLED where a later switch took over. */
  async switch(session: Session, id: string, secrets: unknown, signal: AbortSignal): Promise<SessionRecord> {
    const { clock, connections, profiles } = this.#deps;
    const config = profiles.get(id);
    const turn = (this.#turns.get(session) ?? 0) + 1;
    this.#turns.set(session, turn);
    const previous = session.record.connectionId;
    session.follow(config, 'switching', clock.now());
    const isCurrent = () => this.#turns.get(session) === turn;
    try {
      await this.#leave(previous, id);
      if (isCurrent()) await connections.connect(id, secrets, signal);
    } finally {
      if (isCurrent()) this.#arrive(session, id);
    }
    if (isCurrent()) return session.record;
    throw new AppError('CANCELLED', 'Another switch came after this one.');
  }

  async #leave(previous: string | null, next: string): Promise<void> {
    if (!this.#deps.settings.get().exclusive || previous === null || previous === next) return;
    const leaving = this.#deps.connections.disconnect(previous).catch(() => {});
    await atMost(leaveLimitMs, leaving);
  }

  #arrive(session: Session, id: string): void {
    const { clock, connections, profiles } = this.#deps;
    const config = profiles.list().connections.find((each) => each.id === id);
    if (config) session.follow(config, connections.status(id), clock.now());
    else session.unfollow(clock.now());
  }
}
