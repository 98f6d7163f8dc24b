import type { SessionRecord } from '#shared/session/record.ts';

/** The window's session record: which connection is active, as the sidecar sees it. */
export class SessionStore {
  #record = $state.raw<SessionRecord>();

  get record(): SessionRecord | undefined {
    return this.#record;
  }

  get connectionId(): string | undefined {
    return this.#record?.connectionId ?? undefined;
  }

  load(record: SessionRecord): void {
    this.#record = record;
  }
}
