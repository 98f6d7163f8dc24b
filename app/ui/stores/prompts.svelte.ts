import { SvelteMap } from 'svelte/reactivity';
import type { Prompt } from '#shared/connection/prompt.ts';

/** Open questions, oldest first. */
export class Prompts {
  #open = new SvelteMap<string, Prompt>();

  readonly list = $derived([...this.#open.values()]);

  /** A question about this connection is open. */
  asksFor(connectionId: string): boolean {
    return this.list.some((prompt) => prompt.connectionId === connectionId);
  }

  load(prompts: readonly Prompt[]): void {
    this.#open.clear();
    for (const prompt of prompts) this.#open.set(prompt.promptId, prompt);
  }

  requested(prompt: Prompt): void {
    // A new question about the same thing takes the place of the old one.
    for (const other of this.#open.values())
      if (
        other.connectionId === prompt.connectionId &&
        other.kind === prompt.kind &&
        other.hop === prompt.hop
      )
        this.#open.delete(other.promptId);
    this.#open.set(prompt.promptId, prompt);
  }

  settled(promptId: string): void {
    this.#open.delete(promptId);
  }
}
