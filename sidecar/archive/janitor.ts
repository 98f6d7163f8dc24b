import type { AppError } from '#shared/error/appError.ts';
import type { Clock } from '../lib/clock.ts';
import { damagedError } from './keptErrors.ts';
import { forEachFile, keptFiles, putAside, readEntry, readSession, removeFile } from './keptFiles.ts';

/** The first window is served before anything is looked at; then once a day. */
const firstMs = 3_000;
const dailyMs = 24 * 3_600_000;
/** Between a few files and the next few: whoever works meanwhile notices nothing. */
const pauseMs = 4;
/** So many of the newest are looked at whole: they are the ones that are asked for. */
const newest = 50;

export interface JanitorDeps {
  clock: Clock;
  folders: () => readonly string[];
  retentionMs: () => number;
  report: (problem: AppError) => void;
}

/** Deletes what has been kept for long enough, and puts aside what is damaged. */
export class Janitor {
  readonly #asides: string[] = [];
  readonly #deps: JanitorDeps;
  #cancel: (() => void) | undefined;
  #sweeping: AbortController | undefined;
  #closed = false;

  constructor(deps: JanitorDeps) {
    this.#deps = deps;
  }

  /** Idempotent. */
  start(): void {
    if (!this.#cancel) this.#later(firstMs);
  }

  /** Now, with what the settings say now. */
  sweep(): void {
    if (!this.#closed) this.#later(0);
  }

  /** One that was met by somebody else. */
  async damaged(path: string, why: string): Promise<void> {
    const aside = await putAside(path, this.#deps.clock.now());
    if (aside === undefined) return;
    this.#asides.push(aside);
    this.#deps.report(damagedError(this.#asides, why));
  }

  close(): void {
    this.#closed = true;
    this.#cancel?.();
    this.#sweeping?.abort();
  }

  #later(ms: number): void {
    this.#cancel?.();
    this.#sweeping?.abort();
    this.#cancel = this.#deps.clock.after(ms, () => void this.#run());
  }

  async #run(): Promise<void> {
    const { signal } = (this.#sweeping = new AbortController());
    await this.#look(signal);
    if (!signal.aborted) this.#later(dailyMs);
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { clock, folders, retentionMs } = this.#deps;
    const now = clock.now();
    const files = await keptFiles(folders(), now);
    const oldest = now - retentionMs();
    const looked = files.map((file, index) => ({ file, isNew: index < newest }));
    const visit = async ({ file, isNew }: (typeof looked)[number]) => {
      const read = await (isNew ? readSession(file) : readEntry(file));
      if (read.kind === 'damaged') await this.damaged(file.path, read.why);
      else if (read.kind === 'good' && read.value.savedAt < oldest)
        await removeFile(file.path).catch(() => false);
    };
    await forEachFile(looked, visit, { pauseMs, signal });
  }
}
