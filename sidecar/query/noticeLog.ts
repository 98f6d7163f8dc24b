import type { Notice } from '#shared/query/result.ts';
import type { Clock } from '../lib/clock.ts';
import { Throttle } from './throttle.ts';

/** A loop of RAISE NOTICE must not fill the memory: beyond these, notices are only counted. */
export const maxNoticesKept = 1_000;

/** The notices of one run, told in batches. */
export class NoticeLog {
  readonly kept: Notice[] = [];
  count = 0;
  #told = 0;
  readonly #news: Throttle;

  constructor(clock: Clock, publish: (batch: { notices: Notice[]; count: number }) => void) {
    this.#news = new Throttle(clock, () => {
      const notices = this.kept.slice(this.#told);
      this.#told = this.kept.length;
      publish({ notices, count: this.count });
    });
  }

  add(notice: Notice): void {
    this.count += 1;
    if (this.kept.length < maxNoticesKept) this.kept.push(notice);
    this.#news.soon();
  }

  flush(): void {
    this.#news.flush();
  }
}
