import { AppError } from '#shared/error/appError.ts';
import type { ErrorCode } from '#shared/error/codes.ts';
import { systemClock, type Clock } from '../lib/clock.ts';
import { withDeadline } from '../lib/deadline.ts';
import { writeAtomically, writeBackup, type FileContent } from './atomicWrite.ts';
import { loadStore } from './loadStore.ts';
import { writeError } from './storeErrors.ts';
import { encode, type StoreFormat } from './storeFormat.ts';

export interface JsonFileOptions<T extends object> extends StoreFormat<T> {
  path: string;
  /** What an absent file, or one that cannot be saved from damage, stands for. */
  initial: T;
  /** Told of each problem of the file, and with undefined when it is well again. */
  onProblem: (problem: AppError | undefined) => void;
  /** How long writes are gathered before one of them goes to disk. */
  delayMs?: number;
  /** After a failed write, when no other comes. */
  retryMs?: number;
  /**
   * So long after the last change the copy is made anew, for until then it is from before that change, which would be lost
   * with a damaged file. Without it the copy stays one change behind.
   */
  copyMs?: number;
  /** The whole file, where the value is too large to be turned into JSON anew at each change of a part of it. */
  pieces?: (value: T) => readonly Uint8Array[];
  clock?: Clock;
}

/**
 * `clean`: the disk holds what memory holds. `planned`: a write waits for its time, `again` after one that failed.
 * `writing`: one is under way; with `hurry` what has changed since `changedAt` follows at once. `settling`: it holds it, the
 * copy not yet.
 */
type Phase =
  | { kind: 'clean' }
  | { kind: 'planned'; again: boolean; cancel: () => void }
  | { kind: 'writing'; hurry: boolean; changedAt?: number }
  | { kind: 'settling'; cancel: () => void }
  | { kind: 'closed' };

/** Stopping must end within two seconds, whatever the disk does; what is not written by then is lost, and was told. */
const closeDeadlineMs = 1_500;

/**
 * A value in memory and its file. Reading and changing the value never waits for the disk; changes that come close
 * together are written together, one write at a time. A file that cannot be written costs nothing but its duration:
 * the value in memory goes on, the old file stays, and the write is tried again.
 */
export class JsonFile<T extends object> {
  /** Whether file and copy were absent when it was opened. */
  readonly fresh: boolean;
  readonly #options: Required<Pick<JsonFileOptions<T>, 'delayMs' | 'retryMs' | 'clock'>> & JsonFileOptions<T>;
  readonly #blocked: boolean;
  #value: T;
  /** The code of the last write's failure, until one succeeds. */
  #trouble: ErrorCode | undefined;
  #phase: Phase = { kind: 'clean' };
  /** Counts changes, so that each caller waits for a write that holds his own. */
  #revision = 0;
  #waiting: { revision: number; settle: () => void }[] = [];
  #closing: Promise<void> | undefined;

  private constructor(options: JsonFileOptions<T>, value: T, { fresh = false, blocked = false }) {
    this.#options = { delayMs: 0, retryMs: 5_000, clock: systemClock, ...options };
    this.#value = value;
    this.fresh = fresh;
    this.#blocked = blocked;
  }

  /** Reads the file, or what is left of it. Never rejects: what is wrong is told to `onProblem`. */
  static async open<T extends object>(options: JsonFileOptions<T>): Promise<JsonFile<T>> {
    const now = (options.clock ?? systemClock).now();
    const loaded = await loadStore(options.path, options, now);
    const file = new JsonFile(options, loaded.value ?? options.initial, loaded);
    if (loaded.problem) options.onProblem(loaded.problem);
    if (loaded.restored) void file.write(file.read());
    return file;
  }

  /** The value; whoever changes it makes a new one for `write`. */
  read(): T {
    return this.#value;
  }

  /**
   * Takes the value at once. Resolves when it is on disk, or could not be written, which `onProblem` was told; never
   * rejects, so nobody has to wait. A file that must not be written over, or is closed, keeps the value in memory.
   */
  write(next: T): Promise<void> {
    this.#value = next;
    if (this.#blocked || this.#phase.kind === 'closed') return Promise.resolve();
    this.#revision++;
    if (this.#phase.kind === 'writing') this.#phase.changedAt ??= this.#options.clock.monotonic();
    else this.#plan(this.#options.delayMs);
    return this.#settled();
  }

  get #content(): FileContent {
    return this.#options.pieces?.(this.#value) ?? encode(this.#value, this.#options);
  }

  /** Resolves once all that was written so far is on disk or has failed. */
  flush(): Promise<void> {
    if (['clean', 'settling', 'closed'].includes(this.#phase.kind)) return Promise.resolve();
    if (this.#phase.kind === 'writing') this.#phase.hurry = true;
    else this.#plan(0);
    return this.#settled();
  }

  /** Writes what is left and forgets the file; at most one and a half seconds, also on a disk that does not answer. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const onTimeout = () => new AppError('TIMEOUT', `${this.#options.path} was not saved in time.`);
    const finish = () =>
      this.flush().then(() => (this.#phase.kind === 'settling' ? this.#copy() : undefined));
    await withDeadline(closeDeadlineMs, finish, { onTimeout }).catch(() => undefined);
    this.#stopWaiting();
    this.#phase = { kind: 'closed' };
    for (const { settle } of this.#waiting.splice(0)) settle();
  }

  #settled(): Promise<void> {
    return new Promise((settle) => this.#waiting.push({ revision: this.#revision, settle }));
  }

  #plan(ms: number, again = false): void {
    // The time set by the first change stays: changes without end would else put the write off without end. Another
    // try after a failure, though, is brought forward.
    if (this.#phase.kind === 'planned' && !this.#phase.again && ms > 0) return;
    this.#stopWaiting();
    const cancel = this.#options.clock.after(ms, () => void this.#attempt());
    this.#phase = { kind: 'planned', again, cancel };
  }

  async #attempt(): Promise<void> {
    this.#phase = { kind: 'writing', hurry: false };
    const revision = this.#revision;
    const { path } = this.#options;
    const problem = await writeAtomically(path, this.#content).then(
      () => undefined,
      (error: unknown) => writeError(path, error),
    );
    this.#ended(revision, { problem });
  }

  #ended(
    revision: number,
    { problem, isCopied = false }: { problem?: AppError | undefined; isCopied?: boolean },
  ): void {
    // Where the disk took longer than close() could wait, nothing may begin again.
    const phase = this.#phase;
    if (phase.kind !== 'writing') return;
    this.#phase = { kind: 'clean' };
    if (revision < this.#revision) this.#plan(phase.hurry ? 0 : this.#restOf(phase.changedAt));
    else if (problem) this.#plan(this.#options.retryMs, true);
    else if (!isCopied) this.#settle();
    this.#tell(problem);
    const settled = this.#waiting.filter((waiter) => waiter.revision <= revision);
    this.#waiting = this.#waiting.filter((waiter) => waiter.revision > revision);
    for (const { settle } of settled) settle();
  }

  /** What had to wait for a slow disk already is gathered for no longer than it would have been without that. */
  #restOf(changedAt: number | undefined): number {
    const { delayMs, clock } = this.#options;
    const now = clock.monotonic();
    return Math.max(0, delayMs - (now - (changedAt ?? now)));
  }

  /** The copy follows, unless a write comes first, which makes one too. */
  #settle(): void {
    const { copyMs, clock } = this.#options;
    if (copyMs !== undefined)
      this.#phase = { kind: 'settling', cancel: clock.after(copyMs, () => void this.#copy()) };
  }

  async #copy(): Promise<void> {
    this.#stopWaiting();
    this.#phase = { kind: 'writing', hurry: false };
    const revision = this.#revision;
    await writeBackup(this.#options.path, this.#content);
    this.#ended(revision, { isCopied: true });
  }

  #stopWaiting(): void {
    if (this.#phase.kind === 'planned' || this.#phase.kind === 'settling') this.#phase.cancel();
  }

  /** Tells a problem once, not at each try, and its end. */
  #tell(problem: AppError | undefined): void {
    if (problem?.code === this.#trouble) return;
    this.#trouble = problem?.code;
    this.#options.onProblem(problem);
  }
}
