import { access } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { MethodParams, MethodResult } from '#shared/contract/derive.ts';
import { AppError } from '#shared/error/appError.ts';
import { maxListedText, type HistoryEntry, type HistoryFilter } from '#shared/history/history.ts';
import type { Clock } from '../lib/clock.ts';
import { Emitter } from '../lib/emitter.ts';
import { changeError, writeError } from '../storage/storeErrors.ts';
import { entryOf, flagAt, lineOf, removedLine, type NewEntry, type RanEntry } from './entryLine.ts';
import { cleaned, portionOf } from './cleaned.ts';
import { EntryQuery } from './entryQuery.ts';
import { findLine } from './findLine.ts';
import { HistoryFile } from './historyFile.ts';
import { discard, hasMuchBefore, planRewrite, rewrite, takeOver } from './rewrite.ts';
import { searchFile } from './search.ts';

/** How long entries are gathered before they are written, and listeners before they are told again. */
const gatherMs = 150;
const tellMs = 1_000;
/** After a write that failed. */
const retryMs = 5_000;
/** What a disk that cannot be written to leaves in memory; the oldest go first. */
const maxWaiting = 5_000;
const maxWaitingChars = 8 * 1024 ** 2;
/** Nobody searches any more: what is in memory for that is let go. */
const idleMs = 60_000;
const sweepSoonMs = 60_000;
const dayMs = 86_400_000;
/** An entry that is changed while the journal is written anew makes that begin again. */
const maxRewrites = 5;

export interface HistoryOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly settings: () => { historyEnabled: boolean; retentionDays: number };
  /** Takes the secrets out of a text. */
  readonly clean: (text: string) => string;
  readonly onProblem: (problem: AppError | undefined) => void;
}

/**
 * The statements that were run. Nothing is read before one is run or looked for, and nobody waits for the disk: what comes
 * in is gathered and written by and by.
 */
export class History {
  /** Something has come, gone or changed. */
  readonly changed = new Emitter<void>();
  readonly #options: HistoryOptions;
  /** Not cleaned yet. */
  #came: RanEntry[] = [];
  /** Clean, but not on the disk. */
  #waiting: NewEntry[] = [];
  #opened: HistoryFile | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  /** Numbers do not come again while this runs, also where all entries are gone. */
  #usedId = 0;
  #hasProblem = false;
  #rewriting: Promise<unknown> = Promise.resolve();
  #toldAt = -Infinity;
  #closed = false;
  readonly #timers = new Map<string, () => void>();

  constructor(options: HistoryOptions) {
    this.#options = options;
    this.#later('sweep', sweepSoonMs, () => void this.sweep());
  }

  record(entry: RanEntry): void {
    if (this.#closed || !this.#options.settings().historyEnabled) return;
    this.#came.push(entry);
    if (!this.#timers.has('write')) this.#later('write', gatherMs, () => void this.flush());
  }

  /** Resolves once what has come is on the disk, or could not be written. */
  flush(): Promise<void> {
    return this.#inTurn(() => this.#write());
  }

  search(params: MethodParams<'history.search'>): Promise<MethodResult<'history.search'>> {
    const { limit, before = Number.MAX_SAFE_INTEGER, ...filter } = params;
    return this.#inTurn(async () => {
      await this.#write();
      const file = await this.#open();
      const query = new EntryQuery(filter, this.#expiredAt);
      const waiting = query.found(this.#waitingLines().join('\n')).filter(({ id }) => id < before);
      const newest = waiting.toReversed().slice(0, limit);
      const rest = limit - newest.length;
      const clock = this.#options.clock;
      const found =
        file && rest > 0
          ? await searchFile(file, { query, limit: rest, before, clock })
          : { entries: [], complete: rest > 0, next: newest.at(-1)?.id };
      this.#releaseLater();
      const { complete, next } = found;
      return {
        entries: [...newest, ...found.entries].map(listed),
        complete,
        ...(complete || next === undefined ? {} : { next }),
        damaged: query.damaged,
      };
    });
  }

  /** Throws NOT_FOUND. */
  get(id: number): Promise<HistoryEntry> {
    return this.#inTurn(async () => {
      await this.#write();
      const waiting = this.#waitingLines()[id - this.#lastId - 1];
      const file = await this.#open();
      const entry = waiting === undefined ? file && (await findLine(file, id))?.entry : entryOf(waiting);
      if (!entry) throw noEntry();
      return entry;
    });
  }

  async remove(ids: readonly number[]): Promise<number> {
    const removing = this.#inTurn(async () => {
      await this.#write();
      let count = 0;
      // The newest first: of what waits for the disk, those behind it get other numbers.
      for (const id of ids.toSorted((one, other) => other - one)) if (await this.#removeOne(id)) count += 1;
      return count;
    });
    const removed = await this.#asked(removing);
    if (removed > 0) this.#tell();
    return removed;
  }

  /** Throws NOT_FOUND, STORE_FULL and STORE_READ_ONLY, as do the other changes. */
  async setFavourite(id: number, favourite: boolean): Promise<void> {
    const changing = this.#inTurn(async () => {
      await this.#write();
      const file = await this.#open();
      const found = file && (await findLine(file, id));
      if (!found) throw noEntry();
      // A block that is thought to hold one and does not is only looked at in vain.
      if (favourite && found.block) await file.noteFavourite(found.block);
      await file.replace(found.offset + flagAt, Buffer.from(favourite ? '1' : '0'));
    });
    await this.#asked(changing);
    this.#tell();
  }

  /** Removes what the filter lets through; favourites only where it names them. */
  async clear(filter: HistoryFilter): Promise<number> {
    const query = new EntryQuery(filter, 0);
    const isMeant = (entry: HistoryEntry): boolean =>
      (filter.favourite === true || !entry.favourite) && query.lets(entry);
    const waiting = await this.#inTurn(async () => {
      await this.#write();
      // What the disk does not take.
      const before = this.#waiting.length;
      this.#waiting = this.#waiting.filter((entry) => !isMeant({ ...entry, id: 0, favourite: false }));
      return before - this.#waiting.length;
    });
    const removed = await this.#asked(this.#keepOnly((entry) => !isMeant(entry)));
    this.#tell();
    return removed + waiting;
  }

  /** Writes the journal anew where a good part of it has expired; once a day from then on. */
  async sweep(): Promise<void> {
    this.#later('sweep', dayMs, () => void this.sweep());
    try {
      await access(this.#options.path);
      const expiredAt = this.#expiredAt;
      const isDue = await this.#inTurn(async () => {
        const file = await this.#open();
        return file !== undefined && (await hasMuchBefore(file, expiredAt));
      });
      if (isDue) await this.#keepOnly(({ at, favourite }) => favourite || at >= expiredAt);
      this.#releaseLater();
    } catch {
      // Without a journal, or on a disk that is full, there is always tomorrow.
    }
  }

  /** Brings what has come to the disk. */
  async close(): Promise<void> {
    if (!this.#closed) await this.flush();
    this.#closed = true;
    for (const name of [...this.#timers.keys()]) this.#cancel(name);
    await this.#inTurn(async () => {
      await this.#opened?.close();
      this.#opened = undefined;
    });
  }

  get #expiredAt(): number {
    return this.#options.clock.now() - this.#options.settings().retentionDays * dayMs;
  }
  get #lastId(): number {
    return Math.max(this.#usedId, this.#opened?.lastId ?? 0);
  }

  /** A change that somebody waits for: it fails in words. */
  #asked<T>(change: Promise<T>): Promise<T> {
    return change.catch((error: unknown) => {
      throw changeError('The history', this.#options.path, error);
    });
  }

  /** What is done with the file is done one after the other. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #open(): Promise<HistoryFile | undefined> {
    if (this.#opened || this.#closed) return this.#opened;
    try {
      this.#opened = await HistoryFile.open(this.#options.path);
      void this.#opened.catchUp().catch(() => undefined);
    } catch (error) {
      this.#failed(error);
    }
    return this.#opened;
  }

  async #write(): Promise<void> {
    this.#cancel('write');
    while (this.#came.length > 0) {
      const some = this.#came.splice(0, portionOf(this.#came));
      this.#waiting.push(...some.map((entry) => cleaned(entry, this.#options.clean)));
      if (this.#came.length > 0) await nextTurn();
    }
    if (this.#waiting.length === 0) return;
    const file = await this.#open();
    try {
      if (!file) return;
      while (this.#waiting.length > 0) {
        const lines = this.#waitingLines(portionOf(this.#waiting));
        await file.append(lines);
        this.#waiting = this.#waiting.slice(lines.length);
        if (this.#waiting.length > 0) await nextTurn();
      }
      if (this.#hasProblem) this.#options.onProblem(undefined);
      this.#hasProblem = false;
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#dropOldest();
      this.#tell();
    }
  }

  #dropOldest(): void {
    let chars = this.#waiting.reduce((sum, { text }) => sum + text.length, 0);
    while (this.#waiting.length > maxWaiting || chars > maxWaitingChars)
      chars -= this.#waiting.shift()?.text.length ?? chars;
  }

  /** As they will be written, with the numbers that they get then. */
  #waitingLines(count = Infinity): string[] {
    return this.#waiting.slice(0, count).map((entry, at) => lineOf(this.#lastId + 1 + at, entry));
  }

  async #removeOne(id: number): Promise<boolean> {
    const place = id - this.#lastId - 1;
    if (place >= 0) return this.#waiting.splice(place, 1).length > 0;
    const file = await this.#open();
    const found = file && (await findLine(file, id));
    if (!found) return false;
    await file.replace(found.offset, Buffer.from(removedLine(id, found.bytes)));
    return true;
  }

  /** Beside the work of others, who go on writing and searching; answers how many are gone. */
  #keepOnly(isKept: (entry: HistoryEntry) => boolean): Promise<number> {
    const rewriting = this.#rewriting.then(() => this.#rewrite(isKept, 1));
    this.#rewriting = rewriting.catch(() => undefined);
    return rewriting;
  }

  async #rewrite(isKept: (entry: HistoryEntry) => boolean, attempt: number): Promise<number> {
    const path = `${this.#options.path}.new`;
    const begun = await this.#inTurn(async () => {
      await this.#write();
      const file = await this.#open();
      return file && { file, plan: await planRewrite(file) };
    });
    if (!begun) return 0;
    const { file, plan } = begun;
    const { other, removed } = await rewrite(file, plan, path, isKept);
    const isDone = await this.#inTurn(async () => {
      if (this.#opened !== file || file.edits !== plan.edits) {
        await discard(other, path);
        return false;
      }
      // It is opened anew by whoever comes next, whatever becomes of this.
      this.#opened = undefined;
      this.#usedId = file.lastId;
      try {
        await takeOver(file, other, plan.end);
      } catch (error) {
        await Promise.all([file.close(), discard(other, path)]);
        throw error;
      }
      return true;
    });
    if (isDone || this.#closed || attempt === maxRewrites) return isDone ? removed : 0;
    return this.#rewrite(isKept, attempt + 1);
  }

  #failed(error: unknown): void {
    if (!this.#hasProblem) this.#options.onProblem(writeError(this.#options.path, error));
    this.#hasProblem = true;
    this.#later('write', retryMs, () => void this.flush());
  }

  #tell(): void {
    if (this.#timers.has('tell')) return;
    const sinceMs = this.#options.clock.monotonic() - this.#toldAt;
    this.#later('tell', Math.max(0, tellMs - sinceMs), () => {
      this.#toldAt = this.#options.clock.monotonic();
      this.changed.emit();
    });
  }

  #releaseLater(): void {
    this.#later('release', idleMs, () => this.#opened?.release());
  }

  #later(name: string, ms: number, run: () => void): void {
    this.#cancel(name);
    if (this.#closed) return;
    const cancel = this.#options.clock.after(ms, () => {
      this.#timers.delete(name);
      run();
    });
    this.#timers.set(name, cancel);
  }

  #cancel(name: string): void {
    this.#timers.get(name)?.();
    this.#timers.delete(name);
  }
}

const listed = (entry: HistoryEntry): HistoryEntry =>
  entry.text.length > maxListedText ? { ...entry, text: entry.text.slice(0, maxListedText) } : entry;

const noEntry = (): AppError =>
  new AppError('NOT_FOUND', 'There is no such statement in the history any more.');
