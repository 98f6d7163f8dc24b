/** At most so many at once of each name; the others wait, first come first served. */
export class Turns {
  readonly #max: number;
  readonly #taken = new Map<string, number>();
  readonly #waiting: { name: string; grant: () => void }[] = [];

  constructor(max: number) {
    this.#max = max;
  }

  /** Resolves with what gives the turn back; rejects at the abort. */
  async take(name: string, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if ((this.#taken.get(name) ?? 0) >= this.#max) await this.#wait(name, signal);
    else this.#taken.set(name, (this.#taken.get(name) ?? 0) + 1);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#give(name);
    };
  }

  #wait(name: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(signal.reason as Error);
      };
      const grant = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const waiter = { name, grant };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.push(waiter);
    });
  }

  /** Who waits takes the place over; else it is free. */
  #give(name: string): void {
    const at = this.#waiting.findIndex((each) => each.name === name);
    if (at >= 0) this.#waiting.splice(at, 1)[0]?.grant();
    else this.#taken.set(name, (this.#taken.get(name) ?? 1) - 1);
  }
}
