import { type AppError, fromEnvelope, toEnvelope } from '#shared/error/appError.ts';
import type { DiagnosticEvent, DiagnosticType } from '#shared/diagnostics/event.ts';
import { fits } from '#shared/diagnostics/eventFilter.ts';
import type { Rpc } from '../../lib/rpc/rpc.ts';
import type { DiagnosticsStore } from '../../stores/diagnostics.ts';

const perPage = 200;
/** More are not kept on the page; they are asked for again. */
const maxShown = 2_000;

export interface EventChoice {
  type?: DiagnosticType | undefined;
  connectionId?: string | undefined;
  text?: string | undefined;
}

/** The events that the pane shows, newest first, and what of the news has come since it was paused. */
export class EventsState {
  #events = $state.raw<readonly DiagnosticEvent[]>([]);
  #held = $state.raw<readonly DiagnosticEvent[]>([]);
  #choice = $state.raw<EventChoice>({});
  #paused = $state(false);
  #complete = $state(true);
  #loaded = $state(false);
  #error = $state.raw<AppError>();
  #selectedId = $state<number>();
  /** The chosen one is shown with all that it says. */
  detailed = $state(false);
  #asked = 0;
  /** What came while all are being asked for: the answer may be from before. */
  #meanwhile: DiagnosticEvent[] | undefined;
  readonly #rpc: Rpc;

  constructor(rpc: Rpc) {
    this.#rpc = rpc;
  }

  get events(): readonly DiagnosticEvent[] {
    return this.#events;
  }
  get choice(): EventChoice {
    return this.#choice;
  }
  get paused(): boolean {
    return this.#paused;
  }
  /** How many came while it was paused. */
  get heldCount(): number {
    return this.#held.length;
  }
  /** There are no older ones. */
  get complete(): boolean {
    return this.#complete;
  }
  get loaded(): boolean {
    return this.#loaded;
  }
  get error(): AppError | undefined {
    return this.#error;
  }
  get selected(): DiagnosticEvent | undefined {
    return this.#events.find(({ id }) => id === this.#selectedId);
  }
  get isFiltered(): boolean {
    return Object.values(this.#filter).some((value) => value !== undefined);
  }

  /** Follows what is recorded; returns what ends it. */
  follow(store: DiagnosticsStore): () => void {
    const begin = () => {
      void this.#rpc.call('diagnostics.watch', { on: true }).catch(() => {});
      void this.load();
    };
    const stop = store.listen({ recorded: (events) => this.#recorded(events), loaded: begin });
    begin();
    return () => {
      stop();
      void this.#rpc.call('diagnostics.watch', { on: false }).catch(() => {});
    };
  }

  select(id: number | undefined): void {
    this.#selectedId = id;
  }

  choose(change: EventChoice): void {
    this.#choice = { ...this.#choice, ...change };
    void this.load();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    const held = this.#held;
    this.#paused = false;
    this.#held = [];
    this.#take(held);
  }

  /** All anew, from the newest on. */
  load(): Promise<void> {
    return this.#ask(undefined);
  }

  older(): Promise<void> {
    return this.#ask(this.#events.at(-1)?.id);
  }

  async #ask(before: number | undefined): Promise<void> {
    const asked = (this.#asked += 1);
    if (before === undefined) this.#meanwhile = [];
    try {
      const range = before === undefined ? {} : { before };
      const found = await this.#rpc.call('diagnostics.list', { ...this.#filter, ...range, limit: perPage });
      // Another choice was made meanwhile.
      if (asked !== this.#asked) return;
      this.#events = before === undefined ? found.events : [...this.#events, ...found.events];
      this.#complete = found.complete;
      this.#error = undefined;
      if (before === undefined) this.#caughtUp();
    } catch (error) {
      if (asked === this.#asked) this.#error = fromEnvelope(toEnvelope(error));
    }
    if (asked === this.#asked) this.#loaded = true;
  }

  #caughtUp(): void {
    this.#held = [];
    this.#take(this.#meanwhile ?? []);
    this.#meanwhile = undefined;
  }

  get #filter(): EventChoice {
    const { text, ...choice } = this.#choice;
    return { ...choice, ...(text === undefined || text === '' ? {} : { text }) };
  }

  #recorded(events: readonly DiagnosticEvent[]): void {
    const filter = this.#filter;
    const news = events.filter((event) => fits(event, filter));
    if (news.length === 0) return;
    this.#meanwhile?.push(...news);
    if (this.#paused) this.#held = merged(this.#held, news).slice(0, maxShown);
    else this.#take(news);
  }

  /** Those at the end make room, and are there to be asked for again; what is older than they are comes with them. */
  #take(news: readonly DiagnosticEvent[]): void {
    const oldest = this.#complete ? 0 : (this.#events.at(-1)?.id ?? 0);
    const events = merged(
      this.#events,
      news.filter(({ id }) => id >= oldest),
    );
    this.#events = events.slice(0, maxShown);
    if (events.length > maxShown) this.#complete = false;
  }
}

/** Newest first; one that came again takes its own place. */
function merged(present: readonly DiagnosticEvent[], news: readonly DiagnosticEvent[]): DiagnosticEvent[] {
  const byId = new Map(news.map((event) => [event.id, event]));
  const known = present.map((event) => byId.get(event.id) ?? event);
  for (const { id } of present) byId.delete(id);
  return [...byId.values(), ...known].sort((a, b) => b.id - a.id);
}
