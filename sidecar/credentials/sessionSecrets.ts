import type { ConnectionConfig, CredentialSource, Secrets } from '#shared/connection/config.ts';
import { AppError } from '#shared/error/appError.ts';
import type { LoginSecrets } from './loginSecrets.ts';
import { secretName, typedSecrets, type SecretName } from './secretNames.ts';

interface Held {
  value: string;
  /** Forgotten when the user disconnects: its source asks at each connect. */
  untilDisconnect: boolean;
}

/** Secrets for the time this process lives, in memory alone. */
export class SessionSecrets {
  readonly #held = new Map<string, Map<SecretName, Held>>();
  readonly #refused = new Set<string>();
  readonly #onSecret: (secret: string) => void;

  /** `onSecret` hears every secret first, so that the log can leave it out. */
  constructor(onSecret: (secret: string) => void) {
    this.#onSecret = onSecret;
  }

  /** Keeps what was typed beside a definition, each as its source wants it kept. */
  offer(config: ConnectionConfig, typed: Secrets): void {
    for (const { name, value, source } of typedSecrets(config, typed))
      this.keep(config.id, name, value, source);
  }

  keep(connectionId: string, name: SecretName, value: string, source: CredentialSource): void {
    this.#onSecret(value);
    if (name === secretName.password) this.#refused.delete(connectionId);
    const held = this.#held.get(connectionId) ?? new Map<SecretName, Held>();
    held.set(name, { value, untilDisconnect: source === 'prompt' || source === 'none' });
    this.#held.set(connectionId, held);
  }

  /** For one attempt; what is `typed` for it alone comes first and is kept nowhere. */
  forLogin(config: ConnectionConfig, typed: Secrets = {}): LoginSecrets {
    const once = new Map<SecretName, string>();
    for (const { name, value } of typedSecrets(config, typed)) {
      this.#onSecret(value);
      once.set(name, value);
    }
    const find = (name: SecretName) => once.get(name) ?? this.#held.get(config.id)?.get(name)?.value;
    return {
      password: () => {
        // A wrong one is tried once.
        const refused = this.#refused.has(config.id) && !once.has(secretName.password);
        const password = refused ? undefined : find(secretName.password);
        return password ? Promise.resolve(password) : Promise.reject(missing());
      },
      keyPassphrase: () => Promise.resolve(find(secretName.keyPassphrase)),
      hop: (id) => ({
        password: () => Promise.resolve(find(secretName.hopPassword(id))),
        passphrase: () => Promise.resolve(find(secretName.hopPassphrase(id))),
      }),
    };
  }

  refuse(connectionId: string): void {
    this.#refused.add(connectionId);
  }

  disconnected(connectionId: string): void {
    const held = this.#held.get(connectionId) ?? new Map<SecretName, Held>();
    for (const [name, { untilDisconnect }] of held) if (untilDisconnect) held.delete(name);
  }

  forget(connectionId: string): void {
    this.#held.delete(connectionId);
    this.#refused.delete(connectionId);
  }
}

const missing = (): AppError =>
  new AppError('CREDENTIAL_REQUIRED', 'The server asks for a password.', {
    actions: [{ id: 'enterPassword', label: 'Enter password' }],
  });
