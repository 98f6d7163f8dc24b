import type { ConnectionConfig, CredentialSource, Secrets } from '#shared/connection/config.ts';

export type SecretName = 'password' | 'keyPassphrase' | `ssh:${string}`;

/** What a secret of a connection is called, in memory and at the end of its account in a keychain. */
export const secretName = {
  password: 'password',
  keyPassphrase: 'keyPassphrase',
  hopPassword: (hopId: string): SecretName => `ssh:${hopId}`,
  hopPassphrase: (hopId: string): SecretName => `ssh:${hopId}:passphrase`,
} as const;

interface TypedSecret {
  name: SecretName;
  value: string;
  source: CredentialSource;
}

/** What was typed beside a definition, by name. A hop that has no id yet is meant by its place. */
export function typedSecrets(config: ConnectionConfig, typed: Secrets): TypedSecret[] {
  const { source } = config.credential;
  const hops = (config.ssh?.hops ?? []).flatMap((hop, index) => {
    const { password, passphrase } = typed.ssh?.[hop.id] ?? typed.ssh?.[String(index)] ?? {};
    return [
      { name: secretName.hopPassword(hop.id), value: password, source: hop.credential.source },
      { name: secretName.hopPassphrase(hop.id), value: passphrase, source: hop.credential.source },
    ];
  });
  const all = [
    { name: secretName.password, value: typed.password, source },
    { name: secretName.keyPassphrase, value: typed.keyPassphrase, source },
    ...hops,
  ];
  return all.flatMap(({ value, ...secret }) => (value ? [{ ...secret, value }] : []));
}
