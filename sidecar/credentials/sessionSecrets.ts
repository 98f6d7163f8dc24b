import type { SecretName } from './secretNames.ts';

interface Held {
  value: string;
  untilDisconnect: boolean;
}

/** Secrets for the time this process lives, in memory alone. */
export class SessionSecrets {
  readonly #held = new Map<string, Map<SecretName, Held>>();

  /** `untilDisconnect`: forgotten when the user disconnects. */
  keep(connectionId: string, name: SecretName, value: string, untilDisconnect: boolean): void {
    const held = this.#held.get(connectionId) ?? new Map<SecretName, Held>();
    this.#held.set(connectionId, held.set(name, { value, untilDisconnect }));
  }

  get(connectionId: string, name: SecretName): string | undefined {
    return this.#held.get(connectionId)?.get(name)?.value;
  }

  disconnected(connectionId: string): void {
    for (const [name, { untilDisconnect }] of this.#held.get(connectionId) ?? [])
      if (untilDisconnect) this.forget(connectionId, name);
  }

  /** One of them, or all. */
  forget(connectionId: string, name?: SecretName): void {
    if (name === undefined) this.#held.delete(connectionId);
    else this.#held.get(connectionId)?.delete(name);
  }
}
