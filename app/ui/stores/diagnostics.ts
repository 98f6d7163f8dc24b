import type { DiagnosticEvent } from '#shared/diagnostics/event.ts';

interface Listener {
  recorded: (events: readonly DiagnosticEvent[]) => void;
  /** The window was attached anew, by a socket that nobody watches with. */
  loaded: () => void;
}

/** Hands what is recorded to the pane while that is open: nothing of it is kept here. */
export class DiagnosticsStore {
  #listener: Listener | undefined;

  /** Returns what ends it. */
  listen(listener: Listener): () => void {
    this.#listener = listener;
    return () => {
      if (this.#listener === listener) this.#listener = undefined;
    };
  }

  load(): void {
    this.#listener?.loaded();
  }

  recorded(events: readonly DiagnosticEvent[]): void {
    this.#listener?.recorded(events);
  }
}
