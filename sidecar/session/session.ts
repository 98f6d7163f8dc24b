import type { ConnectionConfig } from '#shared/connection/config.ts';
import type { StatusReport } from '#shared/connection/status.ts';
import type { Notification } from '#shared/contract/derive.ts';
import type { SessionRecord } from '#shared/session/record.ts';

/** The way to a window: its channel on the pipe. */
export interface WindowLink {
  notify(method: string, params: object): void;
}

/** One window's session: its record, its revision, and the link while there is one. */
export class Session {
  readonly id: string;
  link: WindowLink | undefined;
  #record: SessionRecord;
  #revision = 0;
  /** The databases that this window works in where it is not the definition's; kept while there is no connection. */
  readonly #databases = new Map<string, string>();

  constructor(id: string, windowId: string) {
    this.id = id;
    this.#record = {
      id,
      windowId,
      connectionId: null,
      mode: null,
      address: null,
      username: null,
      status: 'disconnected',
      activeDatabase: null,
      lastStatusChangeAt: null,
      lastConnectedAt: null,
      lastDisconnectedAt: null,
      lastError: null,
    };
  }

  get record(): SessionRecord {
    return this.#record;
  }
  get revision(): number {
    return this.#revision;
  }

  /** Sends with the next revision. Without a link nothing is sent and nothing counted: the next attach brings it all. */
  deliver({ method, params }: Notification): void {
    if (!this.link) return;
    this.#revision += 1;
    this.link.notify(method, { ...params, revision: this.#revision });
  }

  /** The record changes by what the sidecar saw, and the window is told. */
  update(change: Partial<SessionRecord>): void {
    this.#record = { ...this.#record, ...change };
    this.deliver({ method: 'session.changed', params: { session: this.#record } });
  }

  /** The database that was selected on a connection; undefined: the one that it connects to. */
  selectedOn(connectionId: string): string | undefined {
    return this.#databases.get(connectionId);
  }

  /** Works in another database from now on, which is there. */
  select(connectionId: string, database: string): void {
    this.#databases.set(connectionId, database);
    if (this.#record.connectionId === connectionId && this.#record.activeDatabase !== null)
      this.update({ activeDatabase: database });
  }

  /** Makes a connection the active one, as it stands now. */
  follow(config: ConnectionConfig, status: StatusReport | 'switching', at: number): void {
    const target = {
      connectionId: config.id,
      mode: config.mode,
      address: config.mode === 'embedded' ? 'embedded' : `${config.host}:${config.port}`,
      username: config.username,
    };
    const facts =
      status === 'switching' ? switching(at) : mirrored(status, at, this.#databases.get(config.id));
    this.update({ ...target, ...facts });
  }

  /** The active connection was deleted. */
  unfollow(at: number): void {
    this.update({
      connectionId: null,
      mode: null,
      address: null,
      username: null,
      ...mirrored({ status: 'disconnected' }, at),
    });
  }

  /** What a status of the active connection makes of the record. */
  mirror(report: StatusReport, at: number): void {
    this.update(mirrored(report, at, this.#databases.get(this.#record.connectionId ?? '')));
  }
}

const switching = (at: number): Partial<SessionRecord> => ({
  status: 'switching',
  activeDatabase: null,
  lastStatusChangeAt: at,
  lastError: null,
});

function mirrored(report: StatusReport, at: number, selected?: string): Partial<SessionRecord> {
  const live = report.status === 'connected' || report.status === 'degraded';
  return {
    status: report.status,
    activeDatabase: live ? (selected ?? report.info?.currentDatabase ?? null) : null,
    lastStatusChangeAt: at,
    ...(live ? { lastConnectedAt: report.info?.connectedAt ?? at, lastError: null } : {}),
    ...(report.status === 'disconnected' ? { lastDisconnectedAt: at, lastError: null } : {}),
    ...(report.error ? { lastError: report.error } : {}),
  };
}
