import { describe, expect, it } from 'vitest';
import { connectionConfigSchema, type ConnectionConfig } from '#shared/connection/config.ts';
import { FormState } from './formState.svelte.ts';
import { inOrder, tabOf } from './fieldPaths.ts';
import { draftOf } from './formModel.ts';
import { storedHopSecret, storedPassword } from './formSecrets.ts';
import { newHop, valuesOf as readValues } from './formValues.ts';

const config = connectionConfigSchema.parse({
  id: '00000000-0000-4000-8000-000000000001',
  name: 'billing',
  host: 'db.internal',
  color: '#5b6ee1',
  tls: { mode: 'verify-full', serverName: 'db' },
  options: { statementTimeoutMs: 5_000, poolWaitMs: 1_234 },
  createdAt: 1,
  updatedAt: 2,
});

const session = { source: 'session' } as const;
const valuesOf = (of: ConnectionConfig | undefined) => readValues(of, session);
const newForm = () => new FormState(undefined, session);

/** Something in every field that the form has. */
const full = connectionConfigSchema.parse({
  ...config,
  hostaddr: '10.0.0.7',
  targetSessionAttrs: 'primary',
  credential: {
    source: 'command',
    command: ['pass', 'show', 'a b'],
    commandTimeoutSec: 5,
    commandLifetimeSec: 60,
  },
  tls: {
    mode: 'verify-ca',
    caFile: '/ca',
    certFile: '/c',
    keyFile: '/k',
    serverName: 'db',
    pinnedSpkiSha256: 'r'.repeat(43) + '=',
  },
  ssh: {
    enabled: true,
    useSshConfig: false,
    hops: [
      {
        id: 'one',
        host: 'bastion',
        username: 'jump',
        auth: 'key',
        keyFile: '/id',
        credential: { source: 'session' },
      },
      { id: 'two', host: 'inner', port: 2222, username: 'jump', auth: 'password' },
    ],
  },
  options: {
    reconnect: { maxAttempts: 3, replay: 'auto', factor: 1.5 },
    autoCommit: false,
    heartbeatIntervalMs: 0,
  },
});

describe('what the fields describe', () => {
  it.each([config, full])('is the config that they were filled from, while nothing is changed', (from) => {
    expect(connectionConfigSchema.parse(draftOf(valuesOf(from), from))).toEqual(from);
  });

  it('has no way through SSH that was never asked for, and keeps one that is switched off', () => {
    expect(draftOf(valuesOf(config), config)).not.toHaveProperty('ssh');
    const values = { ...valuesOf(full), sshEnabled: false };
    values.hops.push(newHop('session'));
    expect(draftOf(values, full).ssh).toMatchObject({ enabled: false, hops: [{ id: 'one' }, { id: 'two' }] });
  });

  it('takes the keychain for a new definition once there is one, unless another source was chosen', () => {
    const form = newForm();
    form.suggestSource('keychain');
    expect([form.values.source, form.dirty]).toEqual(['keychain', false]);
    form.values.source = 'prompt';
    form.suggestSource('session');
    expect(form.values.source).toBe('prompt');
    const known = new FormState(config, session);
    known.suggestSource('session');
    expect(known.values.source).toBe('keychain');
  });

  it('drops a command together with its source', () => {
    expect(draftOf({ ...valuesOf(full), source: 'pgpass' }, full).credential).toEqual({ source: 'pgpass' });
  });

  it('keeps what the form does not show, and drops what was emptied', () => {
    const values = { ...valuesOf(config), statementTimeoutMs: '', color: '' };
    const draft = draftOf(values, config);
    expect(draft.options).toMatchObject({ poolWaitMs: 1_234 });
    expect(draft.options).not.toHaveProperty('statementTimeoutMs');
    expect(draft).not.toHaveProperty('color');
    expect(draft.tls).toMatchObject({ serverName: 'db' });
  });

  it('leaves the TLS mode to the host where none was chosen', () => {
    expect(draftOf(valuesOf(undefined), undefined).tls).toEqual({});
  });
});

describe('the secrets of a form', () => {
  it('are sent only where their source takes them, and stored only where it keeps them', () => {
    const form = newForm();
    form.values.password = 'correct horse';
    expect([form.secrets, form.keptSecrets]).toEqual([
      { password: 'correct horse' },
      { password: 'correct horse' },
    ]);
    form.values.source = 'prompt';
    expect([form.secrets, form.keptSecrets]).toEqual([{ password: 'correct horse' }, {}]);
    form.values.source = 'none';
    expect([form.secrets, form.keptSecrets]).toEqual([{}, {}]);
  });

  it('are named by hop, by what it logs in with', () => {
    const form = new FormState(full, session);
    Object.assign(form.values.hops[0] ?? {}, { passphrase: 'p1', password: 'unused' });
    Object.assign(form.values.hops[1] ?? {}, { passphrase: 'unused', password: 'p2' });
    expect(form.secrets).toEqual({ ssh: { one: { passphrase: 'p1' }, two: { password: 'p2' } } });
    form.values.sshEnabled = false;
    expect(form.secrets).toEqual({});
  });

  it('are the one of the pasted text until another is typed', () => {
    const form = newForm();
    form.fill({
      values: {},
      provenance: new Map(),
      pasted: { ref: 'r1', password: true, keyPassphrase: false },
    });
    expect(form.secrets).toEqual({ ref: 'r1' });
    form.values.password = 'typed';
    expect(form.secrets).toEqual({ password: 'typed' });
  });

  it('are known to be stored, and wanted anew once the host or the user is another one', () => {
    const form = new FormState({ ...full, credential: { source: 'keychain' } }, session);
    const isKept = (path: string) => path !== 'secrets.ssh.two.password';
    const stored = () => storedPassword(form.values, form.base, isKept);
    expect(stored()).toBe('unchanged');
    form.values.host = 'db2.internal';
    expect(stored()).toBe('anew');
    form.values.source = 'prompt';
    expect(stored()).toBe('none');
    expect(form.values.hops.map((hop) => storedHopSecret(hop, form.base, isKept))).toEqual([
      'unchanged',
      'none',
    ]);
  });
});

describe('the hops of a form', () => {
  it('are added, moved and removed', () => {
    const form = new FormState(full, session);
    const hosts = () => form.values.hops.map(({ host }) => host);
    form.addHop();
    form.moveHop(2, -1);
    expect(hosts()).toEqual(['bastion', '', 'inner']);
    form.removeHop(0);
    expect(hosts()).toEqual(['', 'inner']);
    expect(form.dirty).toBe(true);
  });

  it('are blamed each at its own fields', () => {
    const form = new FormState(full, session);
    form.addHop();
    form.check('save');
    expect(form.fieldAt('ssh.hops.2.host').error).toBe('The SSH host is missing');
    expect(form.errorsOn('ssh')).toBe(2);
    expect(form.elsewhere).toEqual([]);
    form.refused([{ path: 'secrets.ssh.one.password', message: 'No' }]);
    expect(form.elsewhere).toEqual([]);
  });

  it('have a quote told that is not closed, in place of a missing command', () => {
    const form = new FormState(full, session);
    form.values.command = 'pass "show';
    form.check('save');
    expect([...form.messages]).toEqual([['credential.command', 'A quote is not closed']]);
  });
});

describe('values from elsewhere', () => {
  it('have their source shown until they are changed, and can be taken back', () => {
    const form = newForm();
    form.values.name = 'mine';
    const before = { ...form.values };
    const undo = form.fill({
      values: { host: 'db.example', port: '5433' },
      provenance: new Map([
        ['host', 'from the URI'],
        ['port', 'from the URI'],
      ]),
      pasted: { ref: 'r1', password: true, keyPassphrase: false },
    });
    expect(form.values).toMatchObject({ name: 'mine', host: 'db.example', port: '5433' });
    expect([form.field('host').from, form.field('database').from]).toEqual(['from the URI', undefined]);
    form.values.host = 'other';
    expect([form.field('host').from, form.field('port').from]).toEqual([undefined, 'from the URI']);
    undo();
    expect(form.values).toEqual(before);
    expect([form.field('port').from, form.isPasted('password')]).toEqual([undefined, false]);
  });
});

describe('the form', () => {
  it('blames a field once it was left, and all of them once it is to be saved', () => {
    const form = newForm();
    form.values.host = '';
    form.values.port = '70000';
    expect(form.errorOf('host')).toBeUndefined();
    form.left('host');
    expect(form.errorOf('host')).toBe('The host is missing');
    expect(form.errorOf('port')).toBeUndefined();
    expect(form.check('save')).toBe(false);
    expect(form.errorOf('port')).toBe('A port is 1 to 65535');
    expect(form.errorOf('name')).toBe('The name is missing');
    expect(form.errorsOn('general')).toBe(2);
    expect(form.errorsOn('options')).toBe(0);
  });

  it('moves nothing while a button of the mouse is down', () => {
    const form = newForm();
    form.values.host = '';
    form.hold();
    form.left('host');
    form.left('name');
    expect(form.errorOf('host')).toBeUndefined();
    expect(form.check('test')).toBe(false);
    form.release();
    expect([form.errorOf('host'), form.errorOf('name')]).toEqual(['The host is missing', undefined]);
  });

  it('asks no name for a test, and calls a new connection by its place where it has none', () => {
    const form = newForm();
    expect([form.check('test'), form.check('save')]).toEqual([true, true]);
    expect([form.errorOf('name'), form.draft.name]).toEqual([undefined, 'postgres on localhost']);
  });

  it('asks none for a test either after the field was left empty or a save was refused', () => {
    const form = new FormState(config, session);
    form.values.name = '';
    form.left('name');
    expect(form.check('save')).toBe(false);
    expect(form.errorOf('name')).toBe('The name is missing');
    expect(form.check('test')).toBe(true);
    expect(form.errorOf('name')).toBeUndefined();
  });

  it('goes to the first wrong field as the eye meets them, whatever tab it is on', () => {
    const form = new FormState(config, session);
    Object.assign(form.values, { name: '', maxPoolSize: '11', port: '70000' });
    form.check('save');
    expect(form.firstWrong).toBe('name');
    form.values.name = 'billing';
    expect(form.firstWrong).toBe('port');
    form.values.port = '5432';
    expect(form.firstWrong).toBe('options.maxPoolSize');
    form.values.maxPoolSize = '4';
    expect(form.firstWrong).toBeUndefined();
  });

  it('knows what a test depends on: not the name, but the host, the options and the password', () => {
    const form = newForm();
    const tested = form.tested;
    Object.assign(form.values, { name: 'billing', color: '#5b6ee1', environment: 'production' });
    expect(form.tested).toBe(tested);
    for (const change of [{ host: 'db' }, { password: 'x' }, { role: 'reader' }]) {
      const before = form.tested;
      Object.assign(form.values, change);
      expect(form.tested).not.toBe(before);
    }
  });

  it('names what is no number in words for people', () => {
    const form = new FormState(config, session);
    form.values.port = 'abc';
    form.values.lockTimeoutMs = '1.5';
    form.check('save');
    expect(form.errorOf('port')).toBeDefined();
    expect(form.errorOf('port')).not.toMatch(/expected|invalid input/i);
    expect(form.errorOf('lockTimeoutMs')).toBeDefined();
    expect(form.errorOf('lockTimeoutMs')).not.toMatch(/expected|invalid input/i);
  });

  it('shows what the sidecar found wrong until that field changes', () => {
    const form = new FormState(config, session);
    form.refused([{ path: 'tls.caFile', message: 'There is no such file' }]);
    expect(form.errorOf('caFile')).toBe('There is no such file');
    expect(form.errorsOn('tls')).toBe(1);
    form.values.caFile = '/etc/ca.pem';
    expect(form.errorOf('caFile')).toBeUndefined();
  });

  it('shows an issue that none of its fields has, by its path', () => {
    const form = new FormState(config, session);
    form.refused([{ path: 'engine', message: 'Choose one of: postgres' }]);
    expect(form.elsewhere).toEqual([{ path: 'engine', message: 'Choose one of: postgres' }]);
  });

  it('knows whether anything was changed', () => {
    const form = new FormState(config, session);
    expect(form.dirty).toBe(false);
    form.values.name = 'other';
    expect(form.dirty).toBe(true);
    form.values.name = 'billing';
    expect(form.dirty).toBe(false);
  });
});

describe('the tab of a field', () => {
  it('follows from where the field stands in the config', () => {
    const tabs = {
      name: undefined,
      host: 'general',
      'secrets.password': 'general',
      'credential.command': 'general',
      'tls.mode': 'tls',
      'secrets.keyPassphrase': 'tls',
      'ssh.hops.1.credential.source': 'ssh',
      'secrets.ssh.one.password': 'ssh',
      'options.role': 'options',
      'options.maxPoolSize': 'advanced',
      hostaddr: 'advanced',
    };
    expect(Object.keys(tabs).map(tabOf)).toEqual(Object.values(tabs));
  });

  it('has its fields met in the order in which they are shown', () => {
    const paths = [
      'name',
      'credential.source',
      'tls.caFile',
      'ssh.hops.0.host',
      'ssh.hops.0.credential.source',
      'ssh.hops.1.port',
      'options.role',
      'hostaddr',
    ];
    const hops = [newHop('session'), newHop('session')];
    expect(inOrder([...paths].reverse(), hops)).toEqual(paths);
  });
});
