import type { ConnectionConfig } from '#shared/connection/config.ts';
import { hostKeyFactsSchema, type HostKeyFacts } from '#shared/connection/hostKey.ts';
import type { Prompt } from '#shared/connection/prompt.ts';

export type Remember = Prompt['remember'][number];

/** How a question is put. */
export interface PromptWords {
  /** What is asked for. */
  title: string;
  /** Whose it is, each word as it stands in the definition. */
  of: string;
  /** The question as a whole, for those who hear it. */
  label: string;
}

/** What a question for a secret says; a host key is no secret. */
export function secretWords({ kind, hop: hopId, facts = {} }: Prompt, config: ConnectionConfig): PromptWords {
  const refused = facts.refused === true;
  const hop = config.ssh?.hops.find(({ id }) => id === hopId);
  if (kind === 'sshPassword')
    return {
      title: refused ? 'SSH password refused' : 'SSH password',
      of: `${hop?.username ?? ''} at ${hop?.host ?? 'the SSH server'}`,
      label: `SSH password of ${config.name}`,
    };
  if (kind === 'passphrase' || kind === 'clientKeyPassphrase') {
    const file = kind === 'passphrase' ? hop?.keyFile : config.tls.keyFile;
    const owner = kind === 'passphrase' ? `, for ${hop?.host ?? 'SSH'}` : ', for TLS';
    return {
      title: refused ? 'Passphrase not right' : 'Passphrase',
      of: `the key ${file ?? ''}${owner}`,
      label: `Passphrase of ${config.name}`,
    };
  }
  return {
    title: refused ? 'Password refused' : 'Password',
    of: `${config.username} at ${config.name}`,
    label: `Password of ${config.name}`,
  };
}

export const rememberWords: Record<Remember, string> = {
  none: 'this once',
  session: 'for this session',
  keychain: 'in the keychain',
};

/** Where a secret is kept unless the user says otherwise: where its definition keeps it, if that can be. */
export function usualPlace({ kind, hop, remember }: Prompt, config: ConnectionConfig): Remember {
  const own =
    kind === 'sshPassword' || kind === 'passphrase'
      ? config.ssh?.hops.find(({ id }) => id === hop)?.credential.source
      : config.credential.source;
  if (own === 'keychain' && remember.includes('keychain')) return 'keychain';
  return remember.includes('session') ? 'session' : 'none';
}

/** What is known of a host key, of facts that are only a record to the contract. */
export const hostKeyFacts = (found: unknown): HostKeyFacts | undefined =>
  hostKeyFactsSchema.safeParse(found).data;

/** `bastion` or `bastion, port 2222`. */
export const hostWords = ({ host, port }: HostKeyFacts): string =>
  port === 22 ? host : `${host}, port ${port}`;
