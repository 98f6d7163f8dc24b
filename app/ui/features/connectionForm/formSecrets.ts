import type { ConnectionConfig, CredentialSource, Secrets } from '#shared/connection/config.ts';
import { hopSecretPath } from './fieldPaths.ts';
import type { CredentialValues, FormValues, HopValues } from './formValues.ts';

/** Where a typed password is taken; the other sources bring their own or want none. */
export const takesPassword = (source: CredentialSource): boolean => isKept(source) || source === 'prompt';

/** Whether it is still there at the next connect. */
const isKept = (source: CredentialSource): boolean => source === 'keychain' || source === 'session';

/** Secrets of a pasted text: the sidecar holds them, `ref` stands for them. What is typed takes their place. */
export interface PastedSecrets {
  ref: string;
  password: boolean;
  keyPassphrase: boolean;
}

/** What was typed or pasted, for a test or a connect. */
export function secretsOf(values: FormValues, pasted?: PastedSecrets): Secrets {
  return collected(values, pasted, takesPassword);
}

/** Those of them that are stored with the definition. */
export function keptSecretsOf(values: FormValues, pasted?: PastedSecrets): Secrets {
  return collected(values, pasted, isKept);
}

function collected(
  values: FormValues,
  pasted: PastedSecrets | undefined,
  goes: (source: CredentialSource) => boolean,
): Secrets {
  const own = goes(values.source);
  const hops = values.sshEnabled ? values.hops.flatMap((hop) => hopEntry(hop, goes)) : [];
  return {
    ...(own && values.password !== '' && { password: values.password }),
    ...(own && pasted && isWanted(pasted, values) && { ref: pasted.ref }),
    ...(own && values.keyPassphrase !== '' && { keyPassphrase: values.keyPassphrase }),
    ...(hops.length > 0 && { ssh: Object.fromEntries(hops) }),
  };
}

/** A handle runs out of time: it is not sent for what was typed meanwhile. */
const isWanted = (pasted: PastedSecrets, { password, keyPassphrase }: FormValues): boolean =>
  (pasted.password && password === '') || (pasted.keyPassphrase && keyPassphrase === '');

type HopEntry = [id: string, secrets: { password?: string; passphrase?: string }];

function hopEntry(hop: HopValues, goes: (source: CredentialSource) => boolean): HopEntry[] {
  if (!goes(hop.source)) return [];
  if (hop.auth === 'password' && hop.password !== '') return [[hop.id, { password: hop.password }]];
  if (hop.auth === 'key' && hop.passphrase !== '') return [[hop.id, { passphrase: hop.passphrase }]];
  return [];
}

/**
 * What an empty password field means: `unchanged` where one is stored, `anew` where it is and another host or user makes
 * it another one's.
 */
export type Stored = 'none' | 'unchanged' | 'anew';

/** Whether the secret at a path is kept; undefined while that is not known. */
export type IsKept = (path: string) => boolean | undefined;

type Place = CredentialValues & { host: string; username: string };

export function storedPassword(
  values: FormValues,
  base: ConnectionConfig | undefined,
  known: IsKept,
): Stored {
  if (!base) return 'none';
  return storedIn(values, { ...base, source: base.credential.source }, known('secrets.password'));
}

export function storedHopSecret(hop: HopValues, base: ConnectionConfig | undefined, known: IsKept): Stored {
  const before = base?.ssh?.hops.find(({ id }) => id === hop.id);
  if (!before || hop.auth === 'agent') return 'none';
  const path = hopSecretPath(hop.id, hop.auth === 'key' ? 'passphrase' : 'password');
  return storedIn(hop, { ...before, source: before.credential.source }, known(path));
}

function storedIn(
  values: Place,
  before: { source: CredentialSource; host: string; username: string },
  isThere = isKept(before.source),
): Stored {
  if (!isKept(values.source) || !isThere) return 'none';
  const isSame = values.host.trim() === before.host && values.username.trim() === before.username;
  return isSame ? 'unchanged' : 'anew';
}
