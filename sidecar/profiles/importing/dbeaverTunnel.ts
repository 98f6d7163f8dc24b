import { userInfo } from 'node:os';
import { fieldsOf, flagOf, numberOf, textOf, type Fields } from './fields.ts';
import type { DraftBuilder } from './found.ts';

/** DBeaver's SSH handler: the last server in fields of its own, those before it as `jumpServer0.host` and so on. */
export function readDbeaverTunnel(
  draft: DraftBuilder,
  handler: Fields,
  from: (field: string) => string,
): void {
  if (flagOf(handler, 'enabled') !== true) return;
  const properties = fieldsOf(handler, 'properties');
  const prefixes = [...jumpPrefixes(properties), ''];
  draft.set('ssh.enabled', true, from('ssh_tunnel'));
  prefixes.forEach((prefix, index) => {
    const user =
      prefix === ''
        ? (textOf(handler, 'user') ?? textOf(properties, 'user'))
        : textOf(properties, `${prefix}user`);
    readHop(draft, `ssh.hops.${index}`, { properties, prefix, user }, (field) =>
      from(`ssh_tunnel ${prefix}${field}`),
    );
  });
  if (textOf(handler, 'password') !== undefined)
    draft.warn('Its SSH password is not taken over; it is asked for when you connect.');
}

const maxJumps = 15;

function jumpPrefixes(properties: Fields): string[] {
  const all = Array.from({ length: maxJumps }, (_, index) => `jumpServer${index}.`);
  return all.filter((prefix) => flagOf(properties, `${prefix}enabled`) === true);
}

const ways: Record<string, 'password' | 'key' | 'agent'> = {
  PASSWORD: 'password',
  PUBLIC_KEY: 'key',
  AGENT: 'agent',
};

function readHop(
  draft: DraftBuilder,
  path: string,
  { properties, prefix, user }: { properties: Fields; prefix: string; user: string | undefined },
  from: (field: string) => string,
): void {
  const keyFile = textOf(properties, `${prefix}keyPath`);
  const stated = ways[textOf(properties, `${prefix}authType`) ?? 'PASSWORD'] ?? 'password';
  const auth = stated === 'key' && keyFile === undefined ? 'agent' : stated;
  if (auth !== stated) draft.warn('Its SSH key file is not named; the agent is asked instead.');
  if (user === undefined)
    draft.warn('Its SSH user is in DBeaver’s encrypted file; your own user name is set instead.');
  draft
    .set(`${path}.host`, textOf(properties, `${prefix}host`), from('host'))
    .set(`${path}.port`, numberOf(properties, `${prefix}port`), from('port'))
    .set(
      `${path}.username`,
      user ?? userInfo().username,
      user === undefined ? 'not given: your own name' : from('user'),
    )
    .set(`${path}.auth`, auth, from('authType'))
    .set(`${path}.keyFile`, auth === 'key' ? keyFile : undefined, from('keyPath'));
}
