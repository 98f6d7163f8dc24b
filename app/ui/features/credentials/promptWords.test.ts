import { describe, expect, it } from 'vitest';
import { connectionConfigSchema } from '#shared/connection/config.ts';
import type { Prompt } from '#shared/connection/prompt.ts';
import { secretWords, usualPlace } from './promptWords.ts';

const config = connectionConfigSchema.parse({
  id: '00000000-0000-4000-8000-000000000001',
  name: 'billing',
  username: 'app',
  credential: { source: 'session' },
  tls: { mode: 'verify-full', certFile: '/tls.crt', keyFile: '/tls.key' },
  ssh: {
    enabled: true,
    hops: [{ id: 'one', host: 'bastion', username: 'jump', auth: 'key', keyFile: '/id' }],
  },
  createdAt: 1,
  updatedAt: 1,
});
const prompt = (kind: Prompt['kind'], more: Partial<Prompt> = {}): Prompt => ({
  promptId: 'p',
  connectionId: config.id,
  kind,
  remember: ['none', 'session'],
  ...more,
});

describe('a question for a secret', () => {
  it('says what is asked for and whose it is', () => {
    const said = (['password', 'sshPassword', 'passphrase', 'clientKeyPassphrase'] as const).map((kind) => {
      const { title, of } = secretWords(prompt(kind, { hop: 'one' }), config);
      return `${title} of ${of}`;
    });
    expect(said).toEqual([
      'Password of app at billing',
      'SSH password of jump at bastion',
      'Passphrase of the key /id, for bastion',
      'Passphrase of the key /tls.key, for TLS',
    ]);
  });

  it('says that one was refused', () => {
    expect(secretWords(prompt('sshPassword', { facts: { refused: true } }), config).title).toBe(
      'SSH password refused',
    );
  });

  it('is kept where the definition keeps it, if that can be', () => {
    const all: Prompt['remember'] = ['none', 'session', 'keychain'];
    expect(usualPlace(prompt('passphrase', { hop: 'one', remember: all }), config)).toBe('keychain');
    expect(usualPlace(prompt('passphrase', { hop: 'one' }), config)).toBe('session');
    expect(usualPlace(prompt('password', { remember: all }), config)).toBe('session');
    expect(usualPlace(prompt('password', { remember: ['none'] }), config)).toBe('none');
  });
});
