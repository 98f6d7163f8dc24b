import { describe, expect, it } from 'vitest';
import type { ConnectionConfig } from './config.ts';
import { defaultTlsMode, validateConfig, validateSecrets } from './validate.ts';

const ids = () => {
  let next = 0;
  return () => `00000000-0000-4000-8000-${String(++next).padStart(12, '0')}`;
};
const validate = (input: unknown, nameRequired = true) =>
  validateConfig(input, { nameRequired, newId: ids(), now: 1_000 });

function accepted(input: unknown): ConnectionConfig {
  const result = validate(input);
  if (!result.ok) throw new Error(JSON.stringify(result.issues));
  return result.value;
}

function issuesOf(input: unknown): Record<string, string> {
  const result = validate(input);
  return result.ok ? {} : Object.fromEntries(result.issues.map(({ path, message }) => [path, message]));
}

const hop = { host: 'bastion', username: 'jump', auth: 'agent' };

describe('a config as it was typed', () => {
  it('takes its defaults where fields are left out', () => {
    expect(accepted({ name: 'a' })).toEqual({
      id: '00000000-0000-4000-8000-000000000001',
      name: 'a',
      environment: 'none',
      sortOrder: 0,
      engine: 'postgres',
      mode: 'server',
      host: 'localhost',
      port: 5432,
      database: 'postgres',
      username: 'postgres',
      targetSessionAttrs: 'any',
      credential: { source: 'keychain' },
      tls: { mode: 'prefer' },
      options: {
        connectTimeoutSec: 10,
        applicationName: 'Hawser',
        readOnly: 'off',
        keepaliveIntervalSec: 60,
        heartbeatIntervalMs: 2_500,
        heartbeatDeadlineMs: 4_000,
        maxPoolSize: 10,
        poolWaitMs: 30_000,
        autoCommit: true,
        reconnect: {
          enabled: true,
          initialDelayMs: 100,
          factor: 2,
          maxDelayMs: 2_000,
          lateMaxDelayMs: 10_000,
          replay: 'ask',
        },
      },
      createdAt: 1_000,
      updatedAt: 1_000,
    });
  });

  it('is the same after a second pass', () => {
    const once = accepted({ name: 'a', host: 'db.example', ssh: { enabled: true, hops: [hop] } });
    expect(accepted(JSON.parse(JSON.stringify(once)))).toEqual(once);
  });

  it('has every wrong field named at once, in sentences', () => {
    const issues = issuesOf({
      name: '  ',
      host: '',
      port: 70_000,
      database: ' ',
      username: 5,
      color: 'red',
      environment: 'live',
      credential: { source: 'guess' },
      tls: { mode: 'maybe' },
      options: { maxPoolSize: 11, connectTimeoutSec: 0, autoCommit: 'yes', reconnect: { factor: 0.5 } },
      ssh: { enabled: true, hops: [{ host: '', port: 1.5, auth: 'key' }] },
    });
    expect(issues).toEqual({
      name: 'The name is missing',
      host: 'The host is missing',
      port: 'A port is 1 to 65535',
      database: 'The database is missing',
      username: 'This must be text',
      color: 'A colour is written as #rrggbb',
      environment: 'Choose one of: none, development, staging, production',
      'credential.source': 'Choose one of: keychain, session, prompt, pgpass, command, none',
      'tls.mode': 'Choose one of: disable, allow, prefer, require, verify-ca, verify-full',
      'options.maxPoolSize': 'From 2 to 10',
      'options.connectTimeoutSec': 'From 1 to 300 seconds',
      'options.autoCommit': 'This must be on or off',
      'options.reconnect.factor': 'At least 1',
      'ssh.hops.0.host': 'The SSH host is missing',
      'ssh.hops.0.port': 'A port is a whole number',
      'ssh.hops.0.username': 'The SSH user is missing',
      'ssh.hops.0.keyFile': 'The key file is missing',
    });
  });

  it.each([[null], [undefined], ['text'], [7], [[]]])('is refused where it is no object: %j', (input) => {
    expect(validate(input)).toEqual({
      ok: false,
      issues: [{ path: '', message: 'A connection is an object' }],
    });
  });

  it('has unknown keys refused at every depth', () => {
    const issues = issuesOf({
      name: 'a',
      password: 'hunter2',
      tls: { verify: true },
      options: { ssl: 1, reconnect: { often: true } },
      ssh: { hops: [{ ...hop, passphrase: 'hunter2' }] },
    });
    const paths = [
      'password',
      'tls.verify',
      'options.ssl',
      'options.reconnect.often',
      'ssh.hops.0.passphrase',
    ];
    expect(Object.keys(issues).sort()).toEqual(paths.sort());
    expect(new Set(Object.values(issues))).toEqual(new Set(['There is no such field']));
  });

  it('never has what was typed repeated in an issue, for it may be a secret in the wrong field', () => {
    const result = validate({
      name: 'a',
      port: 'hunter2',
      environment: 'hunter2',
      tls: { mode: 'hunter2' },
      options: 'hunter2',
      color: 'hunter2',
      id: 'hunter2',
    });
    expect(result.ok).toBe(false);
    expect(JSON.stringify(result)).not.toContain('hunter2');
  });

  it('says "missing" only of a field that is not there', () => {
    expect(issuesOf({ name: 'a', port: '5432' })).toEqual({ port: 'A port is a whole number' });
    expect(issuesOf({ name: 'a', database: null })).toEqual({ database: 'This must be text' });
    expect(issuesOf({})).toEqual({ name: 'This field is missing' });
  });

  it('needs no name in a draft', () => {
    expect(validate({}, false).ok).toBe(true);
    expect(validate({ name: '' }, false).ok).toBe(true);
  });

  it('may end its port range at 1 and 65535', () => {
    expect([1, 65_535].map((port) => issuesOf({ name: 'a', port }))).toEqual([{}, {}]);
    expect([0, -1, 65_536, 1.5].map((port) => Object.keys(issuesOf({ name: 'a', port })))).toEqual(
      Array(4).fill(['port']),
    );
  });

  it('has the ports within a list of hosts checked too', () => {
    expect(issuesOf({ name: 'a', host: 'h1:5433,h2:70000' })).toHaveProperty('host');
    expect(issuesOf({ name: 'a', host: 'h1:0' })).toHaveProperty('host');
    for (const host of ['h1:5433,h2:5434', '[::1]:5433,h2', '2001:db8::70000', '/var/run:70000/x', 'h'])
      expect(issuesOf({ name: 'a', host })).toEqual({});
  });
});

describe('TLS of a config', () => {
  it.each([
    ['localhost', 'prefer'],
    ['LOCALHOST', 'prefer'],
    ['127.0.0.1', 'prefer'],
    ['127.8.9.10:5433', 'prefer'],
    ['::1', 'prefer'],
    ['[::1]:5433', 'prefer'],
    ['/var/run/postgresql', 'prefer'],
    ['localhost:1, 127.0.0.1:2', 'prefer'],
    ['localhost,db.example', 'verify-full'],
    ['db.example', 'verify-full'],
    ['localhost.example', 'verify-full'],
    ['127.0.0.1.example', 'verify-full'],
    ['10.0.0.1', 'verify-full'],
  ] as const)('is by default, for the host %s, %s', (host, mode) => {
    expect(defaultTlsMode(host)).toBe(mode);
    expect(accepted({ name: 'a', host }).tls).toEqual({ mode });
    expect(accepted({ name: 'a', host, tls: {} }).tls).toEqual({ mode });
  });

  it('stays as it was chosen', () => {
    expect(accepted({ name: 'a', host: 'db.example', tls: { mode: 'disable' } }).tls.mode).toBe('disable');
  });

  it.each([
    ['db', '10.0.0.1', true],
    ['db', 'fd00::1', true],
    ['h1,h2:5433', '10.0.0.1, 10.0.0.2', true],
    ['h1,h2', ',10.0.0.2', true],
    ['h1,h2', '10.0.0.1', false],
    ['db', 'db.example', false],
  ])('takes for the hosts %s the addresses %s: %s', (host, hostaddr, taken) => {
    expect('hostaddr' in issuesOf({ name: 'a', host, hostaddr })).toBe(!taken);
  });

  it('wants a client certificate and its key together', () => {
    const tls = { mode: 'verify-full' };
    expect(issuesOf({ name: 'a', tls: { ...tls, keyFile: '/k' } })).toHaveProperty(['tls.certFile']);
    expect(issuesOf({ name: 'a', tls: { ...tls, certFile: '/c' } })).toHaveProperty(['tls.keyFile']);
    expect(issuesOf({ name: 'a', tls: { ...tls, certFile: '/c', keyFile: '/k' } })).toEqual({});
  });
});

describe('SSH of a config', () => {
  it('asks for host, user and way to log in of each hop', () => {
    expect(issuesOf({ name: 'a', ssh: { enabled: true } })).toEqual({
      'ssh.hops.0.host': 'The SSH host is missing',
    });
    expect(issuesOf({ name: 'a', ssh: { enabled: true, hops: [hop, {}] } })).toEqual({
      'ssh.hops.1.host': 'The SSH host is missing',
      'ssh.hops.1.username': 'The SSH user is missing',
      'ssh.hops.1.auth': 'Choose how to log in: password, key or agent',
    });
  });

  it('asks for a key file only where a key logs in', () => {
    const withAuth = (auth: string, keyFile?: string) =>
      issuesOf({ name: 'a', ssh: { enabled: true, hops: [{ ...hop, auth, keyFile }] } });
    expect(withAuth('key')).toEqual({ 'ssh.hops.0.keyFile': 'The key file is missing' });
    expect(withAuth('key', '')).toEqual({ 'ssh.hops.0.keyFile': 'The key file is missing' });
    expect([withAuth('key', '/k'), withAuth('password'), withAuth('agent')]).toEqual([{}, {}, {}]);
  });

  it('asks for nothing while it is off', () => {
    expect(issuesOf({ name: 'a', ssh: { enabled: false } })).toEqual({});
    expect(issuesOf({ name: 'a', ssh: { enabled: false, hops: [{ ...hop, auth: 'key' }] } })).toEqual({});
  });

  it('gives each hop an id and leaves those that have one', () => {
    const config = accepted({ name: 'a', ssh: { enabled: true, hops: [hop, { ...hop, id: 'mine' }] } });
    const [first, second] = config.ssh?.hops ?? [];
    expect(first?.id).toMatch(/^00000000-/);
    expect(first?.id).not.toBe(config.id);
    expect(second?.id).toBe('mine');
    expect(first).toMatchObject({ port: 22, credential: { source: 'keychain' } });
  });
});

describe('where passwords come from', () => {
  it('may be one source only', () => {
    const command = ['pass', 'show', 'db'];
    const withCredential = (credential: unknown) => issuesOf({ name: 'a', credential });
    expect(withCredential({ source: 'command' })).toEqual({
      'credential.command': 'The password command is missing',
    });
    expect(withCredential({ source: 'pgpass', command })).toEqual({
      'credential.command': 'Two password sources: a command and pgpass',
    });
    expect(withCredential({ source: 'command', command })).toEqual({});
  });

  it('may be one source only for a hop too', () => {
    const hops = [hop, { ...hop, credential: { source: 'session', command: ['x'] } }];
    expect(issuesOf({ name: 'a', ssh: { enabled: true, hops } })).toEqual({
      'ssh.hops.1.credential.command': 'Two password sources: a command and session',
    });
  });

  it('is no second source beside a typed password', () => {
    const config = (source: string) =>
      accepted({ name: 'a', credential: { source, ...(source === 'command' && { command: ['x'] }) } });
    for (const source of ['pgpass', 'command'])
      expect(validateSecrets({ password: 'hunter2' }, config(source))).toMatchObject({
        ok: false,
        issues: [{ path: 'credential.source' }],
      });
    for (const source of ['keychain', 'session', 'prompt', 'none'])
      expect(validateSecrets({ password: 'hunter2' }, config(source)).ok).toBe(true);
  });

  it('is checked for hops by their id and by their position', () => {
    const hops = [{ ...hop, id: 'h', credential: { source: 'command', command: ['x'] } }];
    const config = accepted({ name: 'a', ssh: { enabled: true, hops } });
    for (const key of ['h', '0'])
      expect(validateSecrets({ ssh: { [key]: { password: 'hunter2' } } }, config)).toMatchObject({
        ok: false,
        issues: [{ path: 'ssh.hops.0.credential.source' }],
      });
    expect(validateSecrets({ ssh: { h: { passphrase: 'hunter2' } } }, config).ok).toBe(true);
  });

  it('has wrong secrets named without showing them', () => {
    const result = validateSecrets({ password: 7, pin: 'hunter2', ssh: { h: { key: 'hunter2' } } });
    expect(result).toEqual({
      ok: false,
      issues: expect.arrayContaining([
        { path: 'secrets.password', message: 'This must be text' },
        { path: 'secrets.pin', message: 'There is no such field' },
        { path: 'secrets.ssh.h.key', message: 'There is no such field' },
      ]) as unknown,
    });
    expect(JSON.stringify(result)).not.toContain('hunter2');
  });

  it('may be left out', () => {
    expect(validateSecrets(undefined)).toEqual({ ok: true, value: {} });
    expect(validateSecrets(null)).toEqual({ ok: true, value: {} });
    expect(validateSecrets('hunter2')).toEqual({
      ok: false,
      issues: [{ path: 'secrets', message: 'This must be a group of fields' }],
    });
  });
});
