import type { SearchHit } from '#shared/catalog/search.ts';
import type { ConnectionRow } from '#shared/connection/status.ts';
import type { CatalogPlace } from './catalog.ts';
import type { App } from './context.ts';
import { databaseOf, shownDatabase } from './shownDatabase.ts';

/** Whoever still types wants no answer to half a word. */
const pauseMs = 120;

/** What was found in one database, the best first. */
export interface FoundIn {
  readonly place: CatalogPlace;
  readonly hits: readonly SearchHit[];
  readonly total: number;
  readonly stale: boolean;
}

type Stores = Pick<App, 'catalog' | 'connections' | 'documents' | 'rpc'>;

/** Looks for a text among the names of all databases that the window has to do with, connected or kept from before. */
export class CatalogSearch {
  readonly #app: Stores;
  readonly #limit: number;
  /** By place; one that has not answered yet shows what was found there for the text before. */
  #found = $state.raw<ReadonlyMap<string, FoundIn>>(new Map());
  #busy = $state(false);
  #abort: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(app: Stores, limit: number) {
    this.#app = app;
    this.#limit = limit;
  }

  /** In the order of the places. */
  readonly found = $derived<readonly FoundIn[]>([...this.#found.values()].filter(({ total }) => total > 0));

  get busy(): boolean {
    return this.#busy;
  }

  look(text: string): void {
    clearTimeout(this.#timer);
    this.#abort?.abort();
    const wanted = text.trim();
    this.#busy = wanted !== '';
    if (wanted === '') this.#found = new Map();
    else this.#timer = setTimeout(() => void this.#ask(wanted), pauseMs);
  }

  async #ask(text: string): Promise<void> {
    const abort = new AbortController();
    this.#abort = abort;
    const places = this.#places();
    const before = this.#found;
    this.#found = new Map(
      places.map((place) => [keyOf(place), before.get(keyOf(place)) ?? { ...none, place }]),
    );
    // One that is slow keeps nobody from what was found in the others.
    await Promise.all(places.map((place) => this.#askOne(place, text, abort.signal)));
    if (!abort.signal.aborted) this.#busy = false;
  }

  async #askOne(place: CatalogPlace, text: string, signal: AbortSignal): Promise<void> {
    const params = { ...place, text, limit: this.#limit };
    const answer = await this.#app.rpc.call('catalog.search', params, signal).catch(() => none);
    if (signal.aborted) return;
    const { hits, total, stale } = answer;
    this.#found = new Map(this.#found).set(keyOf(place), { place, hits, total, stale });
  }

  /** The tab in front comes first; of each connection its own database, and those that somebody is in or has looked into. */
  #places(): CatalogPlace[] {
    const { catalog, connections, documents } = this.#app;
    const front = documents.active;
    const isFront = (row: ConnectionRow) => Number(row.config.id === front?.connectionId);
    return [...connections.list]
      .sort((one, other) => isFront(other) - isFront(one))
      .flatMap((row) => {
        const { id: connectionId } = row.config;
        const used = [front, ...documents.list].flatMap((tab) =>
          tab?.connectionId === connectionId ? [shownDatabase(tab, row) ?? ''] : [],
        );
        const names = new Set([...used, databaseOf(row), ...catalog.visited(connectionId)]);
        return [...names].map((database) => ({ connectionId, database }));
      });
  }
}

const none = { hits: [], total: 0, stale: false };

const keyOf = ({ connectionId, database }: CatalogPlace): string => JSON.stringify([connectionId, database]);
