import type { Clock } from '../lib/clock.ts';

/** So long nothing more has to come before a file is written; changes without end put it off to this at most. */
const quietMs = 1_000;
const latestMs = 5_000;
/** After a write that failed nothing is written for so long. */
const retryMs = 5_000;

interface Due {
  firstAt: number;
  at: number;
}

/**
 * Which files are to be written, and when: some time after their last change, one at a time, so that a slow disk has one write
 * of ours under way however much changes. Nobody waits for it.
 */
export class WriteQueue {
  readonly #due = new Map<string, Due>();
  readonly #clock: Clock;
  readonly #write: (key: string) => Promise<boolean>;
  #timer: { at: number; cancel: () => void } | undefined;
  #writing: Promise<void> | undefined;
  #heldUntil = 0;
  #closed = false;

  /** @param write false, or a rejection, where it failed and is to be tried again. */
  constructor(clock: Clock, write: (key: string) => Promise<boolean>) {
    this.#clock = clock;
    this.#write = write;
  }

  /** It has changed; `soon`: it is written as soon as the disk is free. */
  changed(key: string, { soon = false } = {}): void {
    if (this.#closed) return;
    const now = this.#clock.monotonic();
    const firstAt = this.#due.get(key)?.firstAt ?? now;
    const at = soon ? now : Math.min(now + quietMs, firstAt + latestMs);
    this.#due.set(key, { firstAt, at });
    this.#plan();
  }

  /** It is not to be written any more; resolves once it is not being written either. */
  async drop(key: string): Promise<void> {
    this.#due.delete(key);
    await this.#writing;
    // Where that failed it would be tried again.
    this.#due.delete(key);
  }

  /** Resolves once all that had changed was written, or has failed. */
  async flush(): Promise<void> {
    for (const key of [...this.#due.keys()]) {
      // Each time somebody else may have begun one, another flush for example.
      while (this.#writing) await this.#writing;
      if (this.#due.has(key)) await this.#begin(key);
    }
    await this.#writing;
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #plan(): void {
    if (this.#writing || this.#closed || this.#due.size === 0) return;
    const first = Math.min(...[...this.#due.values()].map(({ at }) => at));
    const at = Math.max(first, this.#heldUntil);
    // A change only puts a time off: it is looked at again when the earlier one has come.
    if (this.#timer && this.#timer.at <= at) return;
    this.#timer?.cancel();
    const cancel = this.#clock.after(at - this.#clock.monotonic(), () => this.#look());
    this.#timer = { at, cancel };
  }

  #look(): void {
    this.#timer = undefined;
    const now = this.#clock.monotonic();
    const due = [...this.#due].find(([, { at }]) => at <= now);
    if (due && now >= this.#heldUntil && !this.#writing) void this.#begin(due[0]);
    else this.#plan();
  }

  #begin(key: string): Promise<void> {
    this.#due.delete(key);
    const written = this.#write(key).catch(() => false);
    this.#writing = written.then((isWritten) => this.#ended(key, isWritten));
    return this.#writing;
  }

  #ended(key: string, isWritten: boolean): void {
    this.#writing = undefined;
    this.#heldUntil = isWritten ? 0 : this.#clock.monotonic() + retryMs;
    const at = this.#heldUntil;
    if (!isWritten && !this.#due.has(key)) this.#due.set(key, { firstAt: at, at });
    this.#plan();
  }
}
