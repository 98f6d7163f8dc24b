import type { SecretName } from './secretNames.ts';

/** Which secrets were sent and which were refused, by value: a wrong one is tried once, whatever source gives it again. */
export class Refusals {
  readonly #sent = new Map<string, string>();
  readonly #refused = new Map<string, string>();

  sent(connectionId: string, name: SecretName, value: string): void {
    this.#sent.set(keyOf(connectionId, name), value);
  }

  /** The one that was sent last did not open the door. */
  refuse(connectionId: string, name: SecretName): void {
    const key = keyOf(connectionId, name);
    const value = this.#sent.get(key);
    if (value !== undefined) this.#refused.set(key, value);
  }

  isRefused(connectionId: string, name: SecretName, value: string): boolean {
    return this.#refused.get(keyOf(connectionId, name)) === value;
  }

  has(connectionId: string, name: SecretName): boolean {
    return this.#refused.has(keyOf(connectionId, name));
  }

  /** It may be tried again; without a name, none of the connection is known any more. */
  forget(connectionId: string, name?: SecretName): void {
    if (name !== undefined) return void this.#refused.delete(keyOf(connectionId, name));
    for (const known of [this.#sent, this.#refused])
      for (const key of known.keys()) if (key.startsWith(keyOf(connectionId, ''))) known.delete(key);
  }
}

const keyOf = (connectionId: string, name: SecretName | ''): string => `${connectionId} ${name}`;
