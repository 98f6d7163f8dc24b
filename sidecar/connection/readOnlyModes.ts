import type { ReadOnlyMode } from '#shared/connection/config.ts';
import type { ConnectionInfo } from '#shared/connection/status.ts';
import { Emitter } from '../lib/emitter.ts';
import type { Profiles } from '../profiles/profiles.ts';

const strictness: Record<ReadOnlyMode, number> = { off: 0, guarded: 1, strict: 2 };

export const stricter = (a: ReadOnlyMode, b: ReadOnlyMode): ReadOnlyMode =>
  strictness[a] >= strictness[b] ? a : b;

/** What a report or a row says of the mode. */
interface Told {
  info?: ConnectionInfo | undefined;
  readOnly?: ReadOnlyMode | undefined;
}

/** How far each window may write on each connection: as the definition says now, or as the window chose for itself. */
export class ReadOnlyModes {
  /** A window chose another mode. */
  readonly events = new Emitter<{ sessionId: string; connectionId: string }>();
  readonly #overrides = new Map<string, Map<string, ReadOnlyMode>>();
  readonly #profiles: Pick<Profiles, 'get'>;

  constructor(profiles: Pick<Profiles, 'get'>) {
    this.#profiles = profiles;
  }

  /** The mode in force. Throws NOT_FOUND. */
  of(sessionId: string, connectionId: string): ReadOnlyMode {
    const { readOnly } = this.#profiles.get(connectionId).options;
    return this.#overrides.get(sessionId)?.get(connectionId) ?? readOnly;
  }

  /** In force for every run that begins from now on, until the session ends. Throws NOT_FOUND. */
  override(sessionId: string, connectionId: string, mode: ReadOnlyMode): void {
    const { readOnly } = this.#profiles.get(connectionId).options;
    const own = this.#overrides.get(sessionId) ?? new Map<string, ReadOnlyMode>();
    if (mode === readOnly) own.delete(connectionId);
    else own.set(connectionId, mode);
    this.#overrides.set(sessionId, own);
    this.events.emit({ sessionId, connectionId });
  }

  endSession(sessionId: string): void {
    this.#overrides.delete(sessionId);
  }

  inForce(sessionId: string, info: ConnectionInfo): ConnectionInfo {
    return { ...info, readOnly: this.of(sessionId, info.id) };
  }

  /** What one window is told of a connection: with the mode that is in force there. */
  seenBy<T extends Told>(sessionId: string, connectionId: string, told: T): T {
    const own = this.#overrides.get(sessionId)?.get(connectionId);
    const { info } = told;
    return {
      ...told,
      ...(info ? { info: this.inForce(sessionId, info) } : {}),
      ...(own === undefined ? {} : { readOnly: own }),
    };
  }
}
