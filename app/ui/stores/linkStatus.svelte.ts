import { initialLink, type LinkState } from '../lib/rpc/linkMachine.ts';

/** The link to the sidecar as components see it. */
export class LinkStatus {
  #state = $state.raw<LinkState>(initialLink);
  /** True from the first snapshot on: there is something to show, though perhaps from before a loss. */
  #loaded = $state(false);

  get state(): LinkState {
    return this.#state;
  }

  get loaded(): boolean {
    return this.#loaded;
  }

  get attached(): boolean {
    return this.#state.kind === 'attached';
  }

  changed(state: LinkState): void {
    this.#state = state;
  }

  markLoaded(): void {
    this.#loaded = true;
  }
}
