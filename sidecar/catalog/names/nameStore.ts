import type { ErrorEnvelope } from '#shared/error/envelope.ts';
import { delay } from '../../lib/deadline.ts';
import type { LevelAnswer, Levels } from '../levels.ts';
import type { LevelPlace } from '../reader.ts';
import { loadNames } from './load.ts';
import { Names, type NameLookup, type NameRows } from './names.ts';

export interface KnownNames {
  /** Undefined where they were never read, or not in time. */
  names: Names | undefined;
  fetchedAt: number | null;
  stale: boolean;
  error?: ErrorEnvelope;
}

/** The level that holds them. */
export const namesKey = 'names';

/** Tables that others make meanwhile are known after this time. */
const maxAgeMs = 5 * 60_000;

/** Whoever types waits for no server that is slow. */
const firstWaitMs = 1_500;

/** The names of each database, as they were read last: also while they are read again, and while there is no connection. */
export class NameStore {
  readonly #levels: Pick<Levels, 'get'>;
  /** As the connection looks names up, and as the tab did that asked last and has a way of its own. */
  readonly #made = new WeakMap<NameRows, { common?: Names; own?: { key: string; names: Names } }>();

  constructor(levels: Pick<Levels, 'get'>) {
    this.#levels = levels;
  }

  /** Never rejects, and never waits for longer than `waitMs`: what is read goes on, and is there the next time. */
  async get(
    place: LevelPlace,
    { waitMs = firstWaitMs, lookup }: { waitMs?: number; lookup?: NameLookup | undefined } = {},
  ): Promise<KnownNames> {
    // Without the abort of whoever asks: one key is typed after the other, and the next one asks for the same.
    const reading = this.#levels.get<NameRows>(place, namesKey, loadNames, { patienceMs: 0, maxAgeMs });
    const over = new AbortController();
    const tooLate = delay(waitMs, over.signal).then(
      () => undefined,
      () => undefined,
    );
    const answer = await Promise.race([reading, tooLate]);
    over.abort();
    return answer ? this.#known(answer, lookup) : { names: undefined, fetchedAt: null, stale: true };
  }

  #known(
    { value, fetchedAt, stale, error }: LevelAnswer<NameRows>,
    lookup: NameLookup | undefined,
  ): KnownNames {
    return { names: value && this.#of(value, lookup), fetchedAt, stale, ...(error && { error }) };
  }

  #of(rows: NameRows, lookup: NameLookup | undefined): Names {
    const made = this.#made.get(rows) ?? {};
    this.#made.set(rows, made);
    if (!lookup?.searchPath && lookup?.tempSchema === undefined) return (made.common ??= new Names(rows));
    const key = JSON.stringify(lookup);
    if (made.own?.key !== key) made.own = { key, names: new Names(rows, lookup) };
    return made.own.names;
  }
}
