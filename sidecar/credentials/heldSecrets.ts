import { randomUUID } from 'node:crypto';
import type { Secrets } from '#shared/connection/config.ts';
import { AppError } from '#shared/error/appError.ts';
import type { Clock } from '../lib/clock.ts';

/** Long enough to look at a filled form, to test it and to save it. */
const lifeMs = 10 * 60_000;

/**
 * Secrets that were found in a text, in memory alone, for the time until its form is saved: the window has only a handle to
 * them, which it gives back in `secrets.ref`.
 */
export class HeldSecrets {
  readonly #held = new Map<string, { secrets: Secrets; forget: () => void }>();
  readonly #clock: Clock;
  readonly #onSecret: (secret: string) => void;

  /** `onSecret` hears every secret first, so that the log can leave it out. */
  constructor(clock: Clock, onSecret: (secret: string) => void) {
    this.#clock = clock;
    this.#onSecret = onSecret;
  }

  /** The handle; undefined where there is nothing to hold. */
  hold(secrets: Omit<Secrets, 'ref'>): string | undefined {
    const texts = textsIn(secrets);
    if (texts.length === 0) return undefined;
    for (const text of texts) this.#onSecret(text);
    const ref = randomUUID();
    const forget = this.#clock.after(lifeMs, () => this.#held.delete(ref));
    this.#held.set(ref, { secrets, forget });
    return ref;
  }

  /**
   * What a request calls its secrets, with what its `ref` stands for; what was typed goes over that. All else about it is
   * for others to check. Throws INVALID_CONFIG where the handle is out of date.
   */
  filledIn(input: unknown): unknown {
    if (!isRecord(input) || typeof input.ref !== 'string') return input;
    const { ref, ...typed } = input;
    const found = this.#held.get(ref);
    if (found) return { ...found.secrets, ...typed };
    throw new AppError('INVALID_CONFIG', 'The password of the pasted text is no longer there.', {
      hint: 'It is kept for ten minutes, in memory alone. Type it, or paste the text again.',
      issues: [{ path: 'secrets.password', message: 'Type it, or paste the text again' }],
    });
  }

  close(): void {
    for (const { forget } of this.#held.values()) forget();
    this.#held.clear();
  }
}

const textsIn = (value: unknown): string[] =>
  typeof value === 'string'
    ? [value].filter(Boolean)
    : isRecord(value)
      ? Object.values(value).flatMap(textsIn)
      : [];

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
