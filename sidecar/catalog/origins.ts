import type { ConnectionConfig } from '#shared/connection/config.ts';
import type { Connections } from '../connection/connections.ts';
import type { Profiles } from '../profiles/profiles.ts';

/** What a copy of a catalog belongs to: another server must not be shown with it. */
export interface Origin {
  /** Where the definition leads, and as whom. */
  way: string;
  /** The server's own identifier, where it is known. */
  server?: string | undefined;
}

/** Where the definitions of connections lead, and whether that has changed. */
export class Origins {
  readonly #connections: Pick<Connections, 'status'>;
  readonly #profiles: Pick<Profiles, 'find' | 'list'>;
  readonly #ways: Map<string, string>;

  constructor(connections: Pick<Connections, 'status'>, profiles: Pick<Profiles, 'find' | 'list'>) {
    this.#connections = connections;
    this.#profiles = profiles;
    this.#ways = new Map(profiles.list().connections.map((config) => [config.id, wayOf(config)]));
  }

  /** Undefined where there is no such connection any more. */
  of(connectionId: string): Origin | undefined {
    const config = this.#profiles.find(connectionId);
    if (!config) return undefined;
    return { way: wayOf(config), server: this.#connections.status(connectionId).info?.systemIdentifier };
  }

  /** Does the definition lead elsewhere than when this was last asked? */
  isOther(connectionId: string): boolean {
    const before = this.#ways.get(connectionId);
    const way = this.of(connectionId)?.way;
    if (way !== undefined) this.#ways.set(connectionId, way);
    return before !== undefined && before !== way;
  }
}

/** The database is not in it: each copy names its own. */
const wayOf = ({ mode, host, hostaddr, port, username, ssh }: ConnectionConfig): string =>
  JSON.stringify([mode, host, hostaddr, port, username, ssh?.enabled ? ssh.hops.map((hop) => hop.host) : []]);
