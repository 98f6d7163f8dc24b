import type { AppError } from '#shared/error/appError.ts';
import type { ErrorEnvelope } from '#shared/error/envelope.ts';
import { Emitter } from '../lib/emitter.ts';

export interface StoreEvent {
  /** Name within the data folder. */
  file: string;
  /** Absent: the file is well again. */
  problem?: ErrorEnvelope;
}

/** What is wrong with the files of a data folder now, one problem a file, and the news of it. */
export class StoreProblems {
  readonly events = new Emitter<StoreEvent>();
  readonly #current = new Map<string, ErrorEnvelope>();

  list(): ErrorEnvelope[] {
    return [...this.#current.values()];
  }

  /** What a store calls when its file gets a problem or loses it. */
  reporter(file: string): (problem: AppError | undefined) => void {
    return (problem) => {
      const envelope = problem?.toEnvelope();
      if (envelope) this.#current.set(file, envelope);
      else this.#current.delete(file);
      this.events.emit({ file, ...(envelope && { problem: envelope }) });
    };
  }
}
