const tickMs = 1_000;
/** A tick that comes later than this was held back: the page itself was asleep, busy, or throttled in the background. */
const latestTickMs = 2 * tickMs;
/** Nothing was heard for this long: the other end is asked for a sign of life. */
const askAfterMs = 3_000;
/** Longer than a sidecar that hangs is given by its host, which then says so itself. */
const silentAfterMs = 8_000;

interface SilenceOptions {
  /** Asks for anything at all; whatever comes counts as an answer. */
  ask: () => void;
  /** Called once a silence. */
  silent: () => void;
}

/**
 * Tells when the other end has gone silent. Only time in which the page could have heard something counts, so that a
 * machine that slept and a window that is hidden raise no alarm.
 */
export class Silence {
  readonly #options: SilenceOptions;
  readonly #timer: ReturnType<typeof setInterval>;
  #tickAt = Date.now();
  #ms = 0;
  #asked = false;

  constructor(options: SilenceOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#tick(), tickMs);
  }

  heard(): void {
    this.#ms = 0;
    this.#asked = false;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    const now = Date.now();
    const elapsed = now - this.#tickAt;
    this.#tickAt = now;
    if (elapsed < 0 || elapsed > latestTickMs) return this.heard();
    const before = this.#ms;
    this.#ms += elapsed;
    if (!this.#asked && this.#ms >= askAfterMs) {
      this.#asked = true;
      this.#options.ask();
    }
    if (before < silentAfterMs && this.#ms >= silentAfterMs) this.#options.silent();
  }
}
