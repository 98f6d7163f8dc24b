import type { ConnectionConfig, CredentialSource, Secrets } from '#shared/connection/config.ts';
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
 * What an empty password field means: `unchanged` where one may be stored, `anew` where it was and another host or
 * user makes it another one's.
 */
export type Stored = 'none' | 'unchanged' | 'anew';

type Place = CredentialValues & { host: string; username: string };

export function storedPassword(values: FormValues, base: ConnectionConfig | undefined): Stored {
  return base ? storedIn(values, { ...base, source: base.credential.source }) : 'none';
}

export function storedHopSecret(hop: HopValues, base: ConnectionConfig | undefined): Stored {
  const before = base?.ssh?.hops.find(({ id }) => id === hop.id);
  return before ? storedIn(hop, { ...before, source: before.credential.source }) : 'none';
}

function storedIn(
  values: Place,
  before: { source: CredentialSource; host: string; username: string },
): Stored {
  if (!isKept(values.source) || !isKept(before.source)) return 'none';
  const isSame = values.host.trim() === before.host && values.username.trim() === before.username;
  return isSame ? 'unchanged' : 'anew';
}
