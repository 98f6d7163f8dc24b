import type { CredentialSource } from '#shared/connection/config.ts';

interface Held {
  password: string;
  /** Forgotten when the user disconnects: its source asks at each connect. */
  untilDisconnect: boolean;
}

/** Passwords for the time this process lives, in memory alone. */
export class SessionSecrets {
  readonly #held = new Map<string, Held>();
  readonly #refused = new Set<string>();
  readonly #onSecret: (secret: string) => void;

  /** `onSecret` hears every secret first, so that the log can leave it out. */
  constructor(onSecret: (secret: string) => void) {
    this.#onSecret = onSecret;
  }

  /** A secret that is used once and kept nowhere, for example that of a test. */
  remember(password: string): void {
    this.#onSecret(password);
  }

  offer(connectionId: string, password: string, source: CredentialSource): void {
    this.#onSecret(password);
    this.#refused.delete(connectionId);
    this.#held.set(connectionId, { password, untilDisconnect: source === 'prompt' || source === 'none' });
  }

  /** Undefined where there is none, or where the server refused the one there is: a wrong one is tried once. */
  password(connectionId: string): string | undefined {
    return this.#refused.has(connectionId) ? undefined : this.#held.get(connectionId)?.password;
  }

  refuse(connectionId: string): void {
    this.#refused.add(connectionId);
  }

  disconnected(connectionId: string): void {
    if (this.#held.get(connectionId)?.untilDisconnect) this.forget(connectionId);
  }

  forget(connectionId: string): void {
    this.#held.delete(connectionId);
    this.#refused.delete(connectionId);
  }
}
