import { describe, expect, it } from 'vitest';
import type { ConnectionDraft } from '#shared/connection/config.ts';
import { validateConfig } from '#shared/connection/validate.ts';
import { staleSecrets } from './secretNames.ts';

const hopIds = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'];

function config(draft: ConnectionDraft) {
  const checked = validateConfig(draft, { nameRequired: false, newId: () => hopIds[0] ?? '', now: 0 });
  if (!checked.ok) throw new Error(JSON.stringify(checked.issues));
  return checked.value;
}

const through = (...hosts: string[]): NonNullable<ConnectionDraft['ssh']> => ({
  enabled: true,
  hops: hosts.map((host, index) => ({
    id: hopIds[index] ?? '',
    host,
    username: 'u',
    auth: 'agent' as const,
  })),
});

describe('the password of a definition that is changed', () => {
  it.each([
    ['stays with another port', { host: 'db' }, { host: 'db', port: 5433 }, false],
    ['goes with another host', { host: 'db' }, { host: 'db2' }, true],
    ['goes with another address', { host: 'db' }, { host: 'db', hostaddr: '10.0.0.2' }, true],
    ['goes with another user', { username: 'a' }, { username: 'b' }, true],
    ['goes where localhost becomes that of a bastion', { host: 'localhost' }, { ssh: through('one') }, true],
    [
      'goes where localhost is that of another bastion',
      { ssh: through('one') },
      { ssh: through('two') },
      true,
    ],
    [
      'goes where one of two hosts is that of another bastion',
      { host: 'db,127.0.0.1', ssh: through('one') },
      { host: 'db,127.0.0.1', ssh: through('two') },
      true,
    ],
    [
      'stays where another way leads to the same bastion',
      { ssh: through('two') },
      { ssh: { ...through('one', 'two') } },
      false,
    ],
    [
      'stays where another bastion leads to the same host',
      { host: 'db', ssh: through('one') },
      { host: 'db', ssh: through('two') },
      false,
    ],
  ] as const)('%s', (_, was, now, isStale) => {
    expect(staleSecrets(config(was), config(now)).includes('password')).toBe(isStale);
    expect(staleSecrets(config(now), config(was)).includes('password')).toBe(isStale);
  });
});
