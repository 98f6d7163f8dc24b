import type { SearchHit } from '#shared/catalog/search.ts';
import type { CatalogPlace } from './catalog.ts';
import { isLive } from './connections.svelte.ts';
import type { App } from './context.ts';
import { databaseOf } from './shownDatabase.ts';

/** Whoever still types wants no answer to half a word. */
const pauseMs = 120;

/** What was found in one database, the best first. */
export interface FoundIn {
  readonly place: CatalogPlace;
  readonly hits: readonly SearchHit[];
  readonly total: number;
  readonly stale: boolean;
}

/** Looks for a text among the names of all databases that the window has to do with, connected or kept from before. */
export class CatalogSearch {
  readonly #app: Pick<App, 'connections' | 'documents' | 'rpc'>;
  readonly #limit: number;
  #found = $state.raw<readonly FoundIn[]>([]);
  #busy = $state(false);
  #abort: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(app: Pick<App, 'connections' | 'documents' | 'rpc'>, limit: number) {
    this.#app = app;
    this.#limit = limit;
  }

  get found(): readonly FoundIn[] {
    return this.#found;
  }
  get busy(): boolean {
    return this.#busy;
  }

  /** What was found for the text before stays until the new answers are there. */
  look(text: string): void {
    clearTimeout(this.#timer);
    this.#abort?.abort();
    const wanted = text.trim();
    this.#busy = wanted !== '';
    if (wanted === '') this.#found = [];
    else this.#timer = setTimeout(() => void this.#ask(wanted), pauseMs);
  }

  async #ask(text: string): Promise<void> {
    const abort = new AbortController();
    this.#abort = abort;
    const answers = await Promise.all(
      this.#places().map((place) => this.#askOne(place, text, abort.signal).catch(() => undefined)),
    );
    if (abort.signal.aborted) return;
    this.#busy = false;
    this.#found = answers.flatMap((answer) => (answer && answer.total > 0 ? [answer] : []));
  }

  async #askOne(place: CatalogPlace, text: string, signal: AbortSignal): Promise<FoundIn> {
    const answer = await this.#app.rpc.call('catalog.search', { ...place, text, limit: this.#limit }, signal);
    return { place, hits: answer.hits, total: answer.total, stale: answer.stale };
  }

  /** The tab in front comes first. */
  #places(): CatalogPlace[] {
    const { connections, documents } = this.#app;
    const used = new Set(documents.list.map(({ connectionId }) => connectionId));
    const front = documents.activeConnectionId;
    return connections.list
      .filter((row) => isLive(row) || used.has(row.config.id))
      .sort((one, other) => Number(other.config.id === front) - Number(one.config.id === front))
      .map((row) => ({ connectionId: row.config.id, database: databaseOf(row) }));
  }
}
