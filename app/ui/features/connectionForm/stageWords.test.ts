import { describe, expect, it } from 'vitest';
import { AppError } from '#shared/error/appError.ts';
import { fixingPlace, plainText, stageName, stageText, testReportText } from './stageWords.ts';

describe('the words of a stage', () => {
  it('tell what it found', () => {
    const ok = (stage: string, facts: Record<string, unknown>) =>
      stageText({ stage, status: 'ok', ms: 1, facts });
    expect(ok('resolve', { addresses: ['10.4.2.17', '10.4.2.18'] })).toBe('10.4.2.17, 10.4.2.18');
    expect(ok('tcp', { address: '10.4.2.17', port: 5432 })).toBe('10.4.2.17:5432 answers');
    expect(ok('tls', { encrypted: false })).toBe('not encrypted');
    expect(ok('tls', { encrypted: true, version: 'TLSv1.3', subject: 'db', verified: 'no' })).toBe(
      'TLSv1.3 · certificate of db · certificate not checked',
    );
    expect(
      ok('session', { serverVersion: '16.4', superuser: true, backendsUsed: 3, backendsAllowed: 97 }),
    ).toBe('PostgreSQL 16.4 · superuser · 3 of 97 connections in use');
  });

  it('say of a stage that was not reached that it was not', () => {
    expect(stageText({ stage: 'database', status: 'skipped', ms: 0 })).toBe('not reached');
  });

  it('tell plain text over a network from what does not leave this computer', () => {
    const to = (address: string, encrypted = false) =>
      plainText([
        { stage: 'tcp', status: 'ok', ms: 1, facts: { address, port: 5432 } },
        { stage: 'tls', status: 'ok', ms: 1, facts: { encrypted } },
      ]);
    expect(['127.0.0.1', '::1', '::ffff:127.0.0.1', '/run/postgresql'].map((address) => to(address))).toEqual(
      ['here', 'here', 'here', 'here'],
    );
    expect(to('10.4.2.17')).toBe('network');
    expect(to('10.4.2.17', true)).toBe('no');
    expect(plainText([])).toBe('no');
  });

  it('count SSH hops from one', () => {
    expect(stageName('ssh[0]')).toBe('SSH 1');
  });
});

describe('the report to copy', () => {
  it('holds every stage and the error', () => {
    const error = new AppError('CONNECTION_REFUSED', 'Nothing listens at db:5432.').toEnvelope();
    const text = testReportText('billing', {
      ok: false,
      latencyMs: 3,
      testedBy: 'Hawser 1.2.3',
      error,
      stages: [
        { stage: 'resolve', status: 'ok', ms: 2, facts: { addresses: ['10.0.0.1'] } },
        { stage: 'tcp', status: 'failed', ms: 1, error },
      ],
    });
    expect(text.split('\n')).toEqual([
      'Connection test of billing',
      'Resolve: ok, 2 ms, 10.0.0.1',
      'TCP: failed, 1 ms, Nothing listens at db:5432.',
      'CONNECTION_REFUSED: Nothing listens at db:5432.',
    ]);
  });
});

describe('what helps in the form', () => {
  it('is the field that the error is about', () => {
    const refused = new AppError('AUTH_FAILED', 'No.', { stage: 'authenticate' }).toEnvelope();
    expect(fixingPlace(refused, 'enterPassword')).toEqual({ tab: 'general', label: 'Password' });
    const missing = new AppError('DATABASE_NOT_FOUND', 'No.', { stage: 'database' }).toEnvelope();
    expect(fixingPlace(missing, 'chooseDatabase')).toEqual({ tab: 'general', label: 'Database' });
    const setting = new AppError('STARTUP_PARAMETER', 'No.', { stage: 'session' }).toEnvelope();
    expect(fixingPlace(setting, 'edit')).toEqual({ tab: 'options' });
    expect(fixingPlace(setting, 'copyGrant')).toBeUndefined();
  });
});
