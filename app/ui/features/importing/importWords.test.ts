import { describe, expect, it } from 'vitest';
import type { FoundDefinition } from '#shared/connection/definitions.ts';
import { fieldLines, targetWords } from './importWords.ts';

const found = (
  config: FoundDefinition['config'],
  provenance: Record<string, string> = {},
): FoundDefinition => ({
  key: '0',
  group: [],
  config,
  provenance,
  warnings: [],
});

describe('a connection that was found', () => {
  it.each([
    [{}, 'postgres@localhost/postgres'],
    [{ host: 'h', port: 5433, database: 'd', username: 'u' }, 'u@h:5433/d'],
    [{ host: 'h1:5433,h2', port: 5434 }, 'postgres@h1:5433,h2/postgres'],
    [{ host: '/var/run/postgresql', port: 5433 }, 'postgres@/var/run/postgresql/postgres'],
  ])('says in short where it leads: %j', (config, words) => {
    expect(targetWords(found(config))).toBe(words);
  });

  it('tells each field with its value and its place, and of a secret the place alone', () => {
    const config = {
      host: 'h',
      ssh: { enabled: true, hops: [{ host: 'b', username: 'u', auth: 'agent' as const }] },
      options: { autoCommit: false },
    };
    const lines = fieldLines(
      found(config, {
        host: 'here',
        'ssh.enabled': 'there',
        'ssh.hops.0.auth': 'there',
        'options.autoCommit': 'x',
        'options.other': 'y',
        'secrets.password': 'z',
      }),
    );
    expect(lines.map(({ label, value, from }) => `${label}=${value ?? '?'} (${from})`)).toEqual([
      'Host=h (here)',
      'SSH=on (there)',
      'SSH 1, login=agent (there)',
      'Auto-commit=off (x)',
      'options.other=? (y)',
      'Password=? (z)',
    ]);
  });
});
