import { initialLink, type LinkState } from '../lib/rpc/linkMachine.ts';

/** The host starts a dead engine again within a second; what flashes up for that would only alarm. */
const quietMs = 700;

/** The link to the sidecar as components see it. */
export class LinkStatus {
  #state = $state.raw<LinkState>(initialLink);
  #loads = $state(0);
  #away = $state(false);
  #drainingUntil = $state<number>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  get state(): LinkState {
    return this.#state;
  }

  /** True from the first snapshot on: there is something to show, though perhaps from before a loss. */
  get loaded(): boolean {
    return this.#loads > 0;
  }

  /** Rises with each snapshot: what no snapshot holds may have changed meanwhile, and nobody was told. */
  get loads(): number {
    return this.#loads;
  }

  /** Nobody can be asked, and not only for a moment: what is shown is from before, and nothing can be done. */
  get away(): boolean {
    return this.#away;
  }

  /** Why this window is not let in, or no longer: nothing in it works until the user has said how to go on. */
  get ended(): Extract<LinkState, { kind: 'givenUp' | 'replaced' }> | undefined {
    return this.#state.kind === 'givenUp' || this.#state.kind === 'replaced' ? this.#state : undefined;
  }

  /** Why nothing can be done now, in a sentence. */
  get reason(): string | undefined {
    if (!this.#away) return undefined;
    if (this.#state.kind === 'silent') return 'Hawser does not answer.';
    if (this.#state.kind === 'lost' && this.#state.refused) return this.#state.refused.message;
    const isHost = this.#state.kind === 'lost' && this.#state.missing === 'host';
    return isHost ? 'Hawser has ended.' : 'The engine does not answer.';
  }

  /** Hawser is about to end, then at the latest. */
  get drainingUntil(): number | undefined {
    return this.#state.kind === 'attached' ? this.#drainingUntil : undefined;
  }

  draining(until: number | undefined): void {
    this.#drainingUntil = until;
  }

  changed(state: LinkState): void {
    this.#state = state;
    if (state.kind === 'lost') {
      this.#timer ??= setTimeout(() => (this.#away = true), quietMs);
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#away = state.kind !== 'attached' && state.kind !== 'starting';
  }

  markLoaded(): void {
    this.#loads += 1;
  }
}
