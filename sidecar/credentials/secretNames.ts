import type { ConnectionConfig, CredentialSource, Secrets } from '#shared/connection/config.ts';
import { places } from '#shared/connection/places.ts';
import { isLocalHost } from '#shared/connection/validate.ts';

export type SecretName = 'password' | 'keyPassphrase' | `ssh:${string}`;

/** What a secret of a connection is called, in memory and at the end of its account in a keychain. */
export const secretName = {
  password: 'password',
  keyPassphrase: 'keyPassphrase',
  hopPassword: (hopId: string): SecretName => `ssh:${hopId}`,
  hopPassphrase: (hopId: string): SecretName => `ssh:${hopId}:passphrase`,
} as const;

/** A secret that a definition may have, and where it says that it comes from. */
export interface SecretPlace {
  name: SecretName;
  source: CredentialSource;
  /** Where it stands in the `secrets` of a request. */
  field: string;
}

export function secretPlaces(config: ConnectionConfig): SecretPlace[] {
  const { source } = config.credential;
  const hops = (config.ssh?.hops ?? []).flatMap((hop): SecretPlace[] => [
    { name: secretName.hopPassword(hop.id), source: hop.credential.source, field: `ssh.${hop.id}.password` },
    {
      name: secretName.hopPassphrase(hop.id),
      source: hop.credential.source,
      field: `ssh.${hop.id}.passphrase`,
    },
  ]);
  return [
    { name: secretName.password, source, field: 'password' },
    { name: secretName.keyPassphrase, source, field: 'keyPassphrase' },
    ...hops,
  ];
}

export interface TypedSecret extends SecretPlace {
  value: string;
}

/** What was typed beside a definition. A hop that has no id yet is meant by its place. */
export function typedSecrets(config: ConnectionConfig, typed: Secrets): TypedSecret[] {
  const values = new Map<SecretName, string | undefined>([
    [secretName.password, typed.password],
    [secretName.keyPassphrase, typed.keyPassphrase],
  ]);
  config.ssh?.hops.forEach(({ id }, index) => {
    const { password, passphrase } = typed.ssh?.[id] ?? typed.ssh?.[String(index)] ?? {};
    values.set(secretName.hopPassword(id), password).set(secretName.hopPassphrase(id), passphrase);
  });
  return secretPlaces(config).flatMap((place) => {
    const value = values.get(place.name);
    return value ? [{ ...place, value }] : [];
  });
}

/** The definition with the keychain as the source of these secrets; the same object where it is that already. */
export function withKeychain(config: ConnectionConfig, names: readonly SecretName[]): ConnectionConfig {
  const moved = secretPlaces(config).filter(
    ({ name, source }) => names.includes(name) && source !== 'keychain',
  );
  if (moved.length === 0) return config;
  const own = moved.some(({ name }) => !name.startsWith('ssh:'));
  const isMoved = (hopId: string) =>
    moved.some(
      ({ name }) => name === secretName.hopPassword(hopId) || name === secretName.hopPassphrase(hopId),
    );
  const credential = { source: 'keychain' } as const;
  const hops = config.ssh?.hops.map((hop) => (isMoved(hop.id) ? { ...hop, credential } : hop));
  return {
    ...config,
    ...(own && { credential }),
    ...(config.ssh && hops && { ssh: { ...config.ssh, hops } }),
  };
}

/** Those that are for somebody else, or for another key, where a definition becomes another one: they are asked for again. */
export function staleSecrets(was: ConnectionConfig, now: ConnectionConfig): SecretName[] {
  const stale: SecretName[] = [];
  if (
    was.host !== now.host ||
    was.hostaddr !== now.hostaddr ||
    was.username !== now.username ||
    (places(now).some(({ host }) => isLocalHost(host)) && exitOf(was) !== exitOf(now))
  )
    stale.push(secretName.password);
  if (was.tls.keyFile !== now.tls.keyFile) stale.push(secretName.keyPassphrase);
  const before = new Map(was.ssh?.hops.map((hop) => [hop.id, hop]));
  for (const hop of now.ssh?.hops ?? []) {
    const same = before.get(hop.id);
    if (!same) continue;
    if (same.host !== hop.host || same.username !== hop.username) stale.push(secretName.hopPassword(hop.id));
    if (same.keyFile !== hop.keyFile) stale.push(secretName.hopPassphrase(hop.id));
  }
  return stale;
}

/** The computer that is meant by localhost: the last hop, or undefined for this one. */
function exitOf({ ssh }: ConnectionConfig): string | undefined {
  const last = ssh?.enabled ? ssh.hops.at(-1) : undefined;
  return last && `${last.host}:${last.port}`;
}
