const maxLines = 300;
const maxLineChars = 4_000;

/** The last lines of a log, in memory. */
export class LastLines {
  #lines: string[] = [];

  readonly add = (line: string): void => {
    this.#lines.push(line.length > maxLineChars ? `${line.slice(0, maxLineChars)}…` : line);
    // Now and then, for to take away the first of many costs as much as to take away a hundred.
    if (this.#lines.length > 2 * maxLines) this.#lines = this.list();
  };

  list(): string[] {
    return this.#lines.slice(-maxLines);
  }
}
