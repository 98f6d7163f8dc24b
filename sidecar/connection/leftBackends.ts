import type { Backend } from '../postgres/backend.ts';
import type { Connections } from './connections.ts';

/** A server process, known beyond its process id, which the system gives to another one later. */
interface KnownProcess {
  pid: number;
  /** In seconds, as the server writes it. */
  startedAt: string;
}

const startedAt = "pg_catalog.date_part('epoch', backend_start)::pg_catalog.text";

/** More are not remembered of one connection: they end by themselves in the end, when the server misses its client. */
const maxLeft = 50;

/**
 * Backends that were lost with a transaction open. A link that went silent tells the server nothing: there the transaction
 * goes on to hold its locks, for hours, against its own user too. So it is ended as soon as somebody can be told to.
 */
export class LeftBackends {
  readonly #known = new WeakMap<Backend, KnownProcess>();
  readonly #left = new Map<string, KnownProcess[]>();
  readonly #connections: Pick<Connections, 'requireLive' | 'events'>;
  readonly #stopListening: () => void;

  constructor(connections: Pick<Connections, 'requireLive' | 'events'>) {
    this.#connections = connections;
    this.#stopListening = connections.events.on(({ connectionId, report }) => {
      if (report.status === 'connected') void this.#end(connectionId);
    });
  }

  /** Learns over the control connection, while the backend is free for the user, by what it can be known later. */
  async learn(connectionId: string, backend: Backend): Promise<void> {
    // A pooler's key is no process id, and it ends by itself what its clients leave.
    if (this.#known.has(backend) || backend.pooled) return;
    const { pid } = backend;
    const text = `select ${startedAt} from pg_catalog.pg_stat_activity where pid operator(pg_catalog.=) ${pid}`;
    const at = (await this.#ask(connectionId, text))?.[0]?.[0];
    if (at) this.#known.set(backend, { pid, startedAt: at });
  }

  /** A backend was lost with a transaction open, and may live on at the server. */
  add(connectionId: string, backend: Backend): void {
    const known = this.#known.get(backend);
    if (!known) return;
    this.#left.set(connectionId, [...(this.#left.get(connectionId) ?? []), known].slice(-maxLeft));
    void this.#end(connectionId);
  }

  close(): void {
    this.#stopListening();
    this.#left.clear();
  }

  async #end(connectionId: string): Promise<void> {
    for (const { pid, startedAt: at } of this.#left.get(connectionId) ?? []) {
      const rows = await this.#ask(
        connectionId,
        `select pg_catalog.pg_terminate_backend(pid) from pg_catalog.pg_stat_activity
          where pid operator(pg_catalog.=) ${pid} and ${startedAt} operator(pg_catalog.=) '${at}'`,
      );
      // Where nobody could be asked it is left for the next control connection.
      if (!rows) return;
      const rest = this.#left.get(connectionId)?.filter((each) => each.pid !== pid || each.startedAt !== at);
      this.#left.set(connectionId, rest ?? []);
    }
  }

  /** What the control connection answers, which may be a refusal; undefined where there is none, or none any more. */
  async #ask(connectionId: string, text: string): Promise<(string | null)[][] | undefined> {
    let control: Backend | undefined;
    try {
      control = this.#connections.requireLive(connectionId).control;
      return await control.query(text);
    } catch {
      return control?.alive ? [] : undefined;
    }
  }
}
