import type { Component } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import type { Action, Actions } from '../../stores/actions.svelte.ts';

/** An action on what is shown, with a button of its own at the right end of the bar. */
export interface ResultTool extends Action {
  readonly icon: Component<{ size?: number }>;
  /** For what stays switched on: whether it is. */
  readonly pressed?: () => boolean;
  /** Tools stand by their place, lowest first, whoever came first. */
  readonly place: number;
}

/** What can be done with the result that is shown. Whoever shows it adds its tools while it is on the screen. */
export class ResultTools {
  readonly #actions: Actions;
  #byId = new SvelteMap<string, ResultTool>();

  readonly list = $derived([...this.#byId.values()].sort((one, other) => one.place - other.place));

  constructor(actions: Actions) {
    this.#actions = actions;
  }

  /** Shows them in the bar and in the palette; returns what takes them away again. */
  add(...tools: ResultTool[]): () => void {
    for (const tool of tools) this.#byId.set(tool.id, tool);
    const unregister = this.#actions.register(...tools);
    return () => {
      unregister();
      for (const tool of tools) if (this.#byId.get(tool.id) === tool) this.#byId.delete(tool.id);
    };
  }
}
