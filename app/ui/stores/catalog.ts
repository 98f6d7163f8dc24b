import { SvelteMap } from 'svelte/reactivity';
import type { ObjectKind } from '#shared/catalog/objects.ts';
import type { MethodResult, NotificationParams } from '#shared/contract/derive.ts';
import type { Rpc } from '../lib/rpc/rpc.ts';
import { CatalogLevel, type Aged, type LevelState } from './catalogLevel.ts';

/** Where in the world a part of the catalog stands. */
export interface CatalogPlace {
  readonly connectionId: string;
  readonly database: string;
}

export type Databases = MethodResult<'catalog.databases'>;
export type Schemas = MethodResult<'catalog.schemas'>;
export type Objects = MethodResult<'catalog.objects'>;
export type Described = MethodResult<'catalog.describe'>;
/** An object that could be read. */
export type KnownObject = Described & Required<Pick<Described, 'object'>>;

export const known = (answer: Described | undefined): KnownObject | undefined =>
  answer?.object && { ...answer, object: answer.object };

interface Kept {
  readonly connectionId: string;
  readonly database?: string;
  readonly schema?: string;
  readonly level: CatalogLevel;
}

/** What is known of the databases behind the connections; nothing is asked for before somebody wants to see it. */
export class CatalogStore {
  readonly #rpc: Rpc;
  readonly #states = new SvelteMap<string, LevelState>();
  readonly #levels = new Map<string, Kept>();

  constructor(rpc: Rpc) {
    this.#rpc = rpc;
  }

  databases(connectionId: string): CatalogLevel<Databases> {
    return this.#level(['databases', connectionId], { connectionId }, (refresh) =>
      this.#rpc.call('catalog.databases', { connectionId, ...refresh }),
    );
  }

  schemas(place: CatalogPlace): CatalogLevel<Schemas> {
    return this.#level(['schemas', place.connectionId, place.database], place, (refresh) =>
      this.#rpc.call('catalog.schemas', { ...place, ...refresh }),
    );
  }

  objects(place: CatalogPlace, schema: string, kind: ObjectKind): CatalogLevel<Objects> {
    const key = ['objects', place.connectionId, place.database, schema, kind];
    return this.#level(key, { ...place, schema }, (refresh) =>
      this.#rpc.call('catalog.objects', { ...place, schema, kind, ...refresh }),
    );
  }

  describe(
    place: CatalogPlace,
    schema: string,
    { oid, kind }: { oid: number; kind: ObjectKind },
  ): CatalogLevel<Described> {
    const key = ['describe', place.connectionId, place.database, schema, kind, String(oid)];
    return this.#level(key, { ...place, schema }, (refresh) =>
      this.#rpc.call('catalog.describe', { ...place, oid, kind, ...refresh }),
    );
  }

  /** The databases of a connection that somebody has looked into. */
  visited(connectionId: string): string[] {
    const names = [...this.#levels.values()].flatMap((kept) =>
      kept.connectionId === connectionId && kept.database !== undefined ? [kept.database] : [],
    );
    return [...new Set(names)];
  }

  /** Something there has changed: what is shown of it is asked for again, all else once it is shown. */
  invalidated({ connectionId, database, schema }: NotificationParams<'catalog.invalidated'>): void {
    for (const kept of this.#levels.values()) {
      const isThere =
        kept.connectionId === connectionId &&
        (database === undefined || kept.database === undefined || kept.database === database) &&
        (schema === undefined || kept.schema === undefined || kept.schema === schema);
      if (isThere) kept.level.outdate();
    }
  }

  /** The sidecar may be another one, or have heard what this window has not. */
  outdateAll(): void {
    for (const { level } of this.#levels.values()) level.outdate();
  }

  forget(connectionId: string): void {
    for (const [key, kept] of this.#levels) {
      if (kept.connectionId !== connectionId) continue;
      this.#levels.delete(key);
      this.#states.delete(key);
    }
  }

  #level<Answer extends Aged>(
    key: readonly string[],
    place: Omit<Kept, 'level'>,
    load: (refresh: { refresh?: true }) => Promise<Answer>,
  ): CatalogLevel<Answer> {
    const name = JSON.stringify(key);
    const kept = this.#levels.get(name);
    // A name stands for one kind of answer only.
    if (kept) return kept.level as CatalogLevel<Answer>;
    const level = new CatalogLevel(this.#states, name, (refresh) => load(refresh ? { refresh } : {}));
    this.#levels.set(name, { ...place, level });
    return level;
  }
}
