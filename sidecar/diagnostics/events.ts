import type { DiagnosticEvent } from '#shared/diagnostics/event.ts';
import { fits, type EventFilter } from '#shared/diagnostics/eventFilter.ts';
import type { Clock } from '../lib/clock.ts';
import { Emitter } from '../lib/emitter.ts';
import { Turns } from '../lib/turns.ts';
import { bounded, type Payload } from './payload.ts';
import type { Screen } from './screen.ts';

/** In memory; older ones are in the journal alone. */
const maxKept = 200;
/** Events are put in order, cleaned and written together, so that whoever tells one loses no time. */
const gatherMs = 100;
/** What comes again within this time, counted from the last time, is the same event once more. */
const sameWithinMs = 10_000;
/** More of one name within one gathering, and they count as one. */
const maxAtOnce = 20;
/** A storm is put in order at once, for it must not fill the memory. */
const maxWaiting = 1_000;

export interface EventFacts extends Pick<DiagnosticEvent, 'type' | 'event'> {
  source?: DiagnosticEvent['source'];
  connectionId?: string | undefined;
  payload?: Payload;
  /** What makes it the same as another of its name; absent: all that it says. */
  sameAs?: string;
}

/** Where events outlive this process. Neither throws nor rejects. */
export interface EventJournal {
  append(lines: readonly string[]): void;
  /** Oldest first; what is torn is among them. */
  read(): Promise<string[]>;
  close(): Promise<void>;
}

export interface EventsDeps {
  clock: Clock;
  screen: Pick<Screen, 'purged'>;
  journal: EventJournal;
}

interface Waiting extends EventFacts {
  at: number;
}

interface Kept {
  event: DiagnosticEvent;
  key: string;
}

/** What happened, event by event: the last ones in memory, more in a journal on disk. Telling one costs next to nothing. */
export class DiagnosticEvents {
  /** Oldest first; one that came again has the id that it had. */
  readonly recorded = new Emitter<DiagnosticEvent[]>();
  #waiting: Waiting[] = [];
  #cancel: (() => void) | undefined;
  #kept: Kept[] = [];
  #lastId = 0;
  readonly #watchers = new WeakSet<object>();
  readonly #deps: EventsDeps;

  constructor(deps: EventsDeps) {
    this.#deps = deps;
  }

  /** Never throws, waits for nothing. The payload belongs to the event from here on. */
  record(facts: EventFacts): void {
    this.#waiting.push({ ...facts, at: this.#deps.clock.now() });
    if (this.#waiting.length >= maxWaiting) return this.flush();
    this.#cancel ??= this.#deps.clock.after(gatherMs, () => this.flush());
  }

  /** Takes in what waits. */
  flush(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const waiting = this.#waiting;
    this.#waiting = [];
    if (waiting.length === 0) return;
    const changed = new Map<number, DiagnosticEvent>();
    const names = new Map<string, number>();
    for (const facts of waiting) {
      const name = `${facts.type} ${facts.event}`;
      const seen = (names.get(name) ?? 0) + 1;
      names.set(name, seen);
      const event = this.#take(seen > maxAtOnce ? { ...facts, sameAs: '' } : facts);
      changed.set(event.id, event);
    }
    const events = [...changed.values()].sort((a, b) => a.id - b.id);
    this.#deps.journal.append(events.map((event) => JSON.stringify(event)));
    this.recorded.emit(events);
  }

  /** Newest first. Reads the journal where memory does not hold enough. */
  async list(
    filter: EventFilter & { limit: number },
  ): Promise<{ events: DiagnosticEvent[]; complete: boolean }> {
    const inMemory = this.recent().filter((event) => fits(event, filter));
    if (inMemory.length > filter.limit) return { events: newest(inMemory, filter.limit), complete: false };
    const oldest = this.#kept[0]?.event.id ?? Infinity;
    const wanted = filter.limit - inMemory.length + 1;
    const all = [...(await this.#written(oldest, filter, wanted)), ...inMemory];
    return { events: newest(all, filter.limit), complete: all.length <= filter.limit };
  }

  /** Whether this one wants to hear of each event. It is forgotten with the object. */
  watch(by: object, on: boolean): void {
    if (on) this.#watchers.add(by);
    else this.#watchers.delete(by);
  }

  isWatchedBy(by: object | undefined): boolean {
    return by !== undefined && this.#watchers.has(by);
  }

  /** Those in memory, oldest first. */
  recent(): DiagnosticEvent[] {
    this.flush();
    return this.#kept.map(({ event }) => event);
  }

  /** Writes what waits, and nothing more. */
  close(): Promise<void> {
    this.flush();
    return this.#deps.journal.close();
  }

  /** As a new event, or as one more time of an earlier one. */
  #take({ sameAs, at, type, event: name, source = 'service', connectionId, payload = {} }: Waiting) {
    // Cleaned before it is cut: half of a secret would not be known as one.
    const clean = bounded(this.#deps.screen.purged(payload));
    const key = JSON.stringify([type, name, connectionId, sameAs ?? clean]);
    const before = this.#kept.findLast((kept) => kept.key === key);
    if (before && at - (before.event.lastAt ?? before.event.at) < sameWithinMs) {
      const count = (before.event.count ?? 1) + 1;
      before.event = { ...before.event, payload: clean, count, lastAt: at };
      return before.event;
    }
    this.#lastId = Math.max(this.#lastId + 1, at * 1_000);
    const event: DiagnosticEvent = {
      id: this.#lastId,
      at,
      type,
      event: name,
      source,
      ...(connectionId === undefined ? {} : { connectionId }),
      payload: clean,
    };
    this.#kept.push({ event, key });
    if (this.#kept.length > maxKept) this.#kept.shift();
    return event;
  }

  /** The last ones of those in the journal that fit, oldest first; most lines are looked at, and not read. */
  async #written(oldest: number, filter: EventFilter, limit: number): Promise<DiagnosticEvent[]> {
    // Not at the start, which is not to wait for it.
    const { diagnosticEventSchema } = await import('#shared/diagnostics/event.ts');
    const turns = new Turns();
    const last = new Map<number, string>();
    for (const line of await this.#deps.journal.read()) {
      await turns.next();
      const id = Number(/^\{"id":(\d+),/.exec(line)?.[1]);
      if (id < oldest) last.set(id, line);
    }
    const text = filter.text?.toLowerCase() ?? '';
    const found: DiagnosticEvent[] = [];
    for (const line of [...last.values()].reverse()) {
      if (found.length >= limit) break;
      await turns.next();
      if (!line.toLowerCase().includes(text)) continue;
      const event = diagnosticEventSchema.safeParse(parse(line)).data;
      if (event && fits(event, filter)) found.push(event);
    }
    return found.reverse();
  }
}

const newest = (events: readonly DiagnosticEvent[], limit: number): DiagnosticEvent[] =>
  events.slice(-limit).reverse();

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // A line that was being written when the process ended, or that somebody has damaged.
    return undefined;
  }
}
