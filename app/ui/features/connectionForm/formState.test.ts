import { describe, expect, it } from 'vitest';
import { connectionConfigSchema } from '#shared/connection/config.ts';
import { FormState } from './formState.svelte.ts';
import { draftOf, tabOf, valuesOf } from './formModel.ts';

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

describe('what the fields describe', () => {
  it('is the config that they were filled from, while nothing is changed', () => {
    expect(connectionConfigSchema.parse(draftOf(valuesOf(config), config))).toEqual(config);
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

  it('sends a password only where its source takes one', () => {
    const form = new FormState(undefined, undefined);
    form.values.password = 'correct horse';
    expect(form.secrets).toEqual({ password: 'correct horse' });
    form.values.source = 'none';
    expect(form.secrets).toEqual({});
  });
});

describe('the form', () => {
  it('blames a field once it was left, and all of them once it is to be saved', () => {
    const form = new FormState(undefined, undefined);
    form.values.host = '';
    form.values.port = '70000';
    expect(form.errorOf('host')).toBeUndefined();
    form.left('host');
    expect(form.errorOf('host')).toBe('The host is missing');
    expect(form.errorOf('port')).toBeUndefined();
    expect(form.check('save')).toBe(false);
    expect(form.errorOf('port')).toBe('A port is 1 to 65535');
    expect(form.errorOf('name')).toBe('The name is missing');
    expect(form.hasError('general')).toBe(true);
    expect(form.hasError('options')).toBe(false);
  });

  it('asks no name for a test', () => {
    const form = new FormState(undefined, undefined);
    expect(form.check('test')).toBe(true);
    expect(form.errorOf('name')).toBeUndefined();
  });

  it('asks none for a test either after the field was left empty or a save was refused', () => {
    const form = new FormState(undefined, undefined);
    form.left('name');
    expect(form.check('save')).toBe(false);
    expect(form.errorOf('name')).toBe('The name is missing');
    expect(form.check('test')).toBe(true);
    expect(form.errorOf('name')).toBeUndefined();
  });

  it('goes to the first wrong field as the eye meets them, whatever tab it is on', () => {
    const form = new FormState(undefined, undefined);
    form.values.maxPoolSize = '11';
    form.values.port = '70000';
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
    const form = new FormState(undefined, undefined);
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
    const form = new FormState(config, undefined);
    form.values.port = 'abc';
    form.values.lockTimeoutMs = '1.5';
    form.check('save');
    expect(form.errorOf('port')).toBeDefined();
    expect(form.errorOf('port')).not.toMatch(/expected|invalid input/i);
    expect(form.errorOf('lockTimeoutMs')).toBeDefined();
    expect(form.errorOf('lockTimeoutMs')).not.toMatch(/expected|invalid input/i);
  });

  it('shows what the sidecar found wrong until that field changes', () => {
    const form = new FormState(config, undefined);
    form.refused([{ path: 'tls.caFile', message: 'There is no such file' }]);
    expect(form.errorOf('caFile')).toBe('There is no such file');
    expect(form.hasError('tls')).toBe(true);
    form.values.caFile = '/etc/ca.pem';
    expect(form.errorOf('caFile')).toBeUndefined();
  });

  it('shows an issue that none of its fields has, by its path', () => {
    const form = new FormState(config, undefined);
    form.refused([{ path: 'ssh.hops.0.host', message: 'The SSH host is missing' }]);
    expect(form.elsewhere).toEqual([{ path: 'ssh.hops.0.host', message: 'The SSH host is missing' }]);
  });

  it('knows whether anything was changed', () => {
    const form = new FormState(config, undefined);
    expect(form.dirty).toBe(false);
    form.values.name = 'other';
    expect(form.dirty).toBe(true);
    form.values.name = 'billing';
    expect(form.dirty).toBe(false);
  });
});

describe('the tab of a field', () => {
  it('follows from where the field stands in the config', () => {
    expect(['name', 'host', 'secrets.password', 'tls.mode', 'options.role'].map(tabOf)).toEqual([
      undefined,
      'general',
      'general',
      'tls',
      'options',
    ]);
  });
});
