import { SvelteMap } from 'svelte/reactivity';
import type { ErrorEnvelope } from '#shared/error/envelope.ts';

/** What is wrong with the files of the data folder, by file; shown as one line until it is well or dismissed. */
export class Problems {
  #byFile = new SvelteMap<string, ErrorEnvelope>();

  readonly list = $derived([...this.#byFile].map(([file, error]) => ({ file, error })));

  load(problems: readonly ErrorEnvelope[]): void {
    this.#byFile.clear();
    for (const [index, error] of problems.entries()) this.#byFile.set(`snapshot ${index}`, error);
  }

  changed(file: string, problem: ErrorEnvelope | undefined): void {
    if (problem) this.#byFile.set(file, problem);
    else this.#byFile.delete(file);
  }

  dismiss(file: string): void {
    this.#byFile.delete(file);
  }
}
