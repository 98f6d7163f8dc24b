import type { HostKeyFacts, HostKeyTrust } from '#shared/connection/hostKey.ts';
import type { Prompt } from '#shared/connection/prompt.ts';
import { AppError } from '#shared/error/appError.ts';

/** Host keys that the user has accepted, for as long as they stay connected; those to remember are in known_hosts soon. */
export class TrustedHostKeys {
  readonly #byConnection = new Map<string, HostKeyTrust>();

  of(connectionId: string): HostKeyTrust {
    return this.#byConnection.get(connectionId) ?? {};
  }

  /** The user has looked at the key that the prompt shows. */
  answer({ connectionId, promptId, hop, facts }: Prompt, trust: 'once' | 'remember' | undefined): void {
    const { fingerprint } = (facts ?? {}) as Partial<HostKeyFacts>;
    if (trust === undefined || hop === undefined || fingerprint === undefined)
      throw new AppError('SSH_HOST_KEY_UNKNOWN', 'The host key was not accepted.', { promptId });
    const trusted = { fingerprint, remember: trust === 'remember' };
    this.#byConnection.set(connectionId, { ...this.of(connectionId), [hop]: trusted });
  }

  forget(connectionId: string): void {
    this.#byConnection.delete(connectionId);
  }
}

/** What to ask where a hop shows a key that is not known; undefined for any other error. */
export function hostKeyQuestion({
  code,
  facts: { detail },
}: AppError): Pick<Prompt, 'kind' | 'hop' | 'facts' | 'remember'> | undefined {
  if (code !== 'SSH_HOST_KEY_UNKNOWN' || typeof detail !== 'object') return undefined;
  return { kind: 'hostKey', hop: String(detail.hop), facts: detail, remember: [] };
}
