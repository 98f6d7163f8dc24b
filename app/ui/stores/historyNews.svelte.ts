/** That something has come into the history of statements, or has gone: whoever shows it looks again. */
export class HistoryNews {
  #count = $state(0);

  get count(): number {
    return this.#count;
  }

  changed(): void {
    this.#count += 1;
  }
}
