import { AppError, toEnvelope } from '#shared/error/appError.ts';
import type { ErrorEnvelope } from '#shared/error/envelope.ts';
import type { Clock } from '../lib/clock.ts';
import { Emitter } from '../lib/emitter.ts';
import { Level, type Loaded } from './level.ts';
import type { CatalogReader, LevelPlace, Load } from './reader.ts';

/** Of all levels in memory, as they came from the server. */
const maxBytes = 48 * 1024 ** 2;
const maxLevels = 5_000;
/** Who asks for what is known already gets the older copy after this time, and the newer one when it is there. */
const defaultPatienceMs = 1_000;

export interface LevelAnswer<T> {
  /** Undefined where it was never read. */
  value: T | undefined;
  fetchedAt: number | null;
  stale: boolean;
  error?: ErrorEnvelope;
}

export interface GetOptions {
  /** The user asks for it anew, also where it failed a moment ago. */
  refresh?: boolean | undefined;
  signal?: AbortSignal | undefined;
  /** How long to wait where an older copy is there. */
  patienceMs?: number;
  /** An older copy is read anew: others may have changed what nobody told us of. */
  maxAgeMs?: number;
}

/** Where copies outlive this process. */
export interface LevelCopies {
  read(place: LevelPlace, key: string): Promise<Loaded | undefined>;
  write(place: LevelPlace, key: string, copy: Loaded): void;
  remove(connectionId: string): void;
}

export interface LevelsDeps {
  reader: Pick<CatalogReader, 'read'>;
  copies: LevelCopies;
  clock: Clock;
  isLive: (connectionId: string) => boolean;
  /** Throws NOT_CONNECTED. */
  requireLive: (connectionId: string) => unknown;
}

export interface LevelLoaded {
  place: LevelPlace;
  key: string;
  ms: number;
  bytes?: number;
  error?: ErrorEnvelope;
}

interface Kept {
  place: LevelPlace;
  key: string;
  level: Level;
  /** Resolves when the copy on disk has been looked for. */
  found: Promise<void>;
}

/**
 * Everything that is known of catalogs, list by list. A level is read when it is asked for and not fresh: one reading of it at
 * a time, with a growing wait after failures. Its value must be plain JSON: the last one stays on disk.
 */
export class Levels {
  /** One has been read, or could not be; what nobody wanted any more by then is not told. */
  readonly loaded = new Emitter<LevelLoaded>();
  /** A level that somebody was given an old copy of has been read. */
  readonly renewed = new Emitter<{ place: LevelPlace; key: string }>();
  readonly #kept = new Map<string, Kept>();
  readonly #deps: LevelsDeps;

  constructor(deps: LevelsDeps) {
    this.#deps = deps;
  }

  /** Never rejects but at the abort: what went wrong is told in the answer. */
  async get<T>(
    place: LevelPlace,
    key: string,
    load: Load<T>,
    { refresh = false, signal, patienceMs = defaultPatienceMs, maxAgeMs = Infinity }: GetOptions = {},
  ): Promise<LevelAnswer<T>> {
    const { clock, isLive } = this.#deps;
    const kept = this.#keep(place, key);
    await kept.found;
    const { level } = kept;
    level.usedAt = clock.monotonic();
    if (refresh) level.renew();
    if (!isLive(place.connectionId)) return this.#answer<T>(kept);
    const isOld = level.copy !== undefined && clock.now() - level.copy.fetchedAt > maxAgeMs;
    if (isOld && !level.stale) level.markStale();
    const mayTry = level.loading || level.backoffAt(clock.now()) === 0;
    if (level.stale && mayTry) {
      const hadCopy = level.copy !== undefined && !refresh;
      const patience = hadCopy ? { patienceMs } : {};
      const read = (inner: AbortSignal) => this.#load(kept, load, inner);
      await level.fill(read, { now: () => clock.now(), ...(signal && { signal }), ...patience });
    }
    return this.#answer<T>(kept);
  }

  /** What fits is old from now on; it is shown until it has been read again. */
  markStale(
    connectionId: string,
    fits: (place: LevelPlace, key: string) => boolean = () => true,
    { byUser = false } = {},
  ): void {
    for (const { place, key, level } of this.#kept.values()) {
      if (place.connectionId !== connectionId || !fits(place, key)) continue;
      if (byUser) level.renew();
      else level.markStale();
    }
  }

  /** What is read stops, and memory forgets; on disk it stays. */
  empty(connectionId: string, database?: string): void {
    for (const [id, { place, level }] of this.#kept) {
      if (place.connectionId !== connectionId) continue;
      if (database !== undefined && place.database !== database) continue;
      this.#kept.delete(id);
      level.abort(new AppError('CANCELLED', 'What was read is no longer of interest.'));
    }
  }

  /** The copies on disk go, too. */
  remove(connectionId: string): void {
    this.empty(connectionId);
    this.#deps.copies.remove(connectionId);
  }

  #keep(place: LevelPlace, key: string): Kept {
    const id = JSON.stringify([place.connectionId, place.database, key]);
    const known = this.#kept.get(id);
    if (known) return known;
    const level = new Level();
    const found = this.#deps.copies.read(place, key).then((copy) => {
      level.copy ??= copy;
    });
    const kept = { place, key, level, found };
    this.#kept.set(id, kept);
    if (this.#kept.size > maxLevels) this.#makeRoom(0, kept);
    return kept;
  }

  async #load<T>(kept: Kept, load: Load<T>, signal: AbortSignal): Promise<Loaded> {
    const { place, key, level } = kept;
    const { value, bytes } = await this.#read(place, { what: key, load, signal });
    const copy: Loaded = { value, bytes, fetchedAt: this.#deps.clock.now() };
    this.#deps.copies.write(place, key, copy);
    this.#makeRoom(bytes - (level.copy?.bytes ?? 0), kept);
    // Told once the level has taken it.
    if (level.isPromised) setImmediate(() => this.renewed.emit({ place, key }));
    return copy;
  }

  async #read<T>(place: LevelPlace, wish: { what: string; load: Load<T>; signal: AbortSignal }) {
    const { clock, reader } = this.#deps;
    const from = clock.monotonic();
    const tell = (more: Pick<LevelLoaded, 'bytes' | 'error'>) => {
      if (!wish.signal.aborted)
        this.loaded.emit({ place, key: wish.what, ms: clock.monotonic() - from, ...more });
    };
    try {
      const read = await reader.read(place, wish);
      tell({ bytes: read.bytes });
      return read;
    } catch (error) {
      tell({ error: toEnvelope(error) });
      throw error;
    }
  }

  /** The least used go first. */
  #makeRoom(more: number, but: Kept): void {
    const all = [...this.#kept];
    let total = all.reduce((sum, [, { level }]) => sum + (level.copy?.bytes ?? 0), more);
    const byUse = all.sort(([, a], [, b]) => a.level.usedAt - b.level.usedAt);
    for (const [id, kept] of byUse) {
      if (total <= maxBytes && this.#kept.size <= maxLevels) return;
      if (kept === but || kept.level.loading) continue;
      total -= kept.level.copy?.bytes ?? 0;
      this.#kept.delete(id);
    }
  }

  #answer<T>({ place, level }: Kept): LevelAnswer<T> {
    const { copy } = level;
    const error = this.#errorOf(place, level);
    return {
      value: copy?.value as T | undefined,
      fetchedAt: copy?.fetchedAt ?? null,
      stale: level.stale,
      ...(error && { error }),
    };
  }

  #errorOf({ connectionId }: LevelPlace, level: Level): ErrorEnvelope | undefined {
    const { clock, isLive, requireLive } = this.#deps;
    if (!isLive(connectionId)) return level.copy ? undefined : thrownBy(() => requireLive(connectionId));
    if (!level.stale || !level.error) return undefined;
    const retryAfterMs = level.backoffAt(clock.now());
    return level.error.with(retryAfterMs > 0 ? { retryAfterMs } : {}).toEnvelope();
  }
}

function thrownBy(work: () => unknown): ErrorEnvelope | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error.toEnvelope();
    throw error;
  }
}
