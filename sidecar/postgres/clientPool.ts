import Pool from 'pg-pool';
import type pg from 'pg';
import type { AppError } from '#shared/error/appError.ts';
import { Backend } from './backend.ts';
import type { LoginOptions } from './backendClient.ts';
import { classify } from './linkErrors.ts';

export interface ClientPoolOptions {
  max: number;
  idleTimeoutMs: number;
  target: string;
  /** Made anew for each backend, so that it holds the password of now. */
  login: () => LoginOptions;
  /** Makes a new backend ready before anybody gets it. */
  prepare: (backend: Backend) => Promise<void>;
}

/** Backends of one database, kept by pg-pool. Who may have one, and when, is decided above. */
export class ClientPool {
  readonly #pool: Pool<pg.Client>;
  readonly #target: string;
  readonly #backends = new WeakMap<pg.ClientBase, Backend>();
  /** Those that are still on their way in: pg-pool cannot stop them. */
  readonly #dialling = new Set<Backend>();
  readonly #releases = new WeakMap<Backend, (destroy?: boolean) => void>();

  constructor({ max, idleTimeoutMs, target, login, prepare }: ClientPoolOptions) {
    this.#target = target;
    const newClient = (): pg.Client => {
      const backend = new Backend(login(), target);
      this.#backends.set(backend.client, backend);
      this.#dialling.add(backend);
      return backend.client;
    };
    this.#pool = new Pool<pg.Client>({
      max,
      idleTimeoutMillis: idleTimeoutMs,
      onConnect: (client: pg.ClientBase) => prepare(this.#backendOf(client)),
      // pg-pool calls this with `new`; a function that returns an object gives that object.
      Client: function Client() {
        return newClient();
      },
    } as unknown as Pool.Config<pg.Client>);
    // An idle backend that is lost leaves the pool by itself; unheard, its error would end the process.
    this.#pool.on('error', () => {});
  }

  get idle(): number {
    return this.#pool.idleCount;
  }
  get total(): number {
    return this.#pool.totalCount;
  }

  /** An idle backend or a new one. Rejects with an error of the catalogue. */
  async take(): Promise<Backend> {
    try {
      const client = await this.#pool.connect();
      const backend = this.#backendOf(client);
      this.#dialling.delete(backend);
      this.#releases.set(backend, (destroy) => client.release(destroy));
      return backend;
    } catch (error) {
      for (const backend of this.#dialling) if (!backend.alive) this.#dialling.delete(backend);
      throw classify(error, this.#target);
    }
  }

  giveBack(backend: Backend): void {
    this.#release(backend, !backend.alive);
  }

  /** Gives a backend back to be thrown away. */
  discard(backend: Backend, error: AppError): void {
    backend.destroy(error);
    this.#release(backend, true);
  }

  /** Ends every login that is under way. */
  stopDialling(error: AppError): void {
    for (const backend of this.#dialling) backend.destroy(error);
    this.#dialling.clear();
  }

  /** Closes what is idle and takes no more; backends that are out close when they are given back. */
  async close(): Promise<void> {
    if (!this.#pool.ending) await this.#pool.end();
  }

  #release(backend: Backend, destroy: boolean): void {
    const release = this.#releases.get(backend);
    this.#releases.delete(backend);
    release?.(destroy);
  }

  #backendOf(client: pg.ClientBase): Backend {
    const backend = this.#backends.get(client);
    if (!backend) throw new Error('The pool gave a client that it never made');
    return backend;
  }
}
