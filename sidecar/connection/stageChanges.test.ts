import { describe, expect, it } from 'vitest';
import type { LastGood, StageReport } from '#shared/connection/testReport.ts';
import { AppError } from '#shared/error/appError.ts';
import { changesSince } from './stageChanges.ts';

const last: LastGood = {
  id: 'c',
  at: 1,
  target: 'db:5432',
  stages: [
    { stage: 'resolve', ms: 2, facts: { addresses: ['10.0.0.1', '10.0.0.2'] } },
    { stage: 'tcp', ms: 3, facts: { address: '10.0.0.1', port: 5432 } },
    { stage: 'ssh[0]', ms: 3, facts: { hostKey: 'SHA256:a' } },
    { stage: 'tls', ms: 4, facts: { encrypted: true, fingerprintSha256: 'AA' } },
    { stage: 'session', ms: 5, facts: { serverVersion: '16.4', inRecovery: false, systemIdentifier: '7' } },
  ],
};

const ok = (stage: string, facts: Record<string, unknown>, ms = 1): StageReport => ({
  stage,
  status: 'ok',
  ms,
  facts,
});

const failed = (stage: string, detail: Record<string, unknown>): StageReport => ({
  stage,
  status: 'failed',
  ms: 1,
  error: new AppError('TLS_CERT_INVALID', 'No.', { detail }).toEnvelope(),
});

const found = (...reports: StageReport[]) =>
  changesSince(last, 'db:5432', reports).map(({ what, before, after }) => [what, before, after]);

describe('what differs from the last time that it worked', () => {
  it('is nothing where all is as it was, or was not reached', () => {
    const asBefore = last.stages.map(({ stage, facts, ms }) => ok(stage, facts, ms));
    expect(found(...asBefore)).toEqual([]);
    expect(found({ stage: 'tls', status: 'skipped', ms: 0 })).toEqual([]);
    expect(found(ok('resolve', { addresses: ['10.0.0.2', '10.0.0.1'] })), 'in another order').toEqual([]);
  });

  it.each([
    ['address', ok('resolve', { addresses: ['10.0.0.9'] }), '10.0.0.1', '10.0.0.9'],
    ['hostKey', ok('ssh[0]', { hostKey: 'SHA256:b' }), 'SHA256:a', 'SHA256:b'],
    ['hostKey', failed('ssh[0]', { fingerprint: 'SHA256:b' }), 'SHA256:a', 'SHA256:b'],
    ['encryption', ok('tls', { encrypted: false }), 'encrypted', 'not encrypted'],
    ['certificate', ok('tls', { encrypted: true, fingerprintSha256: 'BB' }), 'AA', 'BB'],
    ['certificate', failed('tls', { fingerprintSha256: 'BB' }), 'AA', 'BB'],
    ['server', ok('session', { systemIdentifier: '8' }), '7', '8'],
    ['version', ok('session', { serverVersion: '17.0' }), '16.4', '17.0'],
    ['role', ok('session', { inRecovery: true }), 'primary', 'standby'],
    ['time', ok('session', {}, 900), '5 ms', '900 ms'],
  ])('is the %s', (what, report, before, after) => {
    expect(found(report)).toEqual([[what, before, after]]);
  });

  it('is told of another target, where addresses and certificates say nothing', () => {
    const reports = [
      ok('resolve', { addresses: ['10.0.0.9'] }),
      ok('tls', { encrypted: true, fingerprintSha256: 'BB' }),
    ];
    expect(changesSince(last, 'db2:5432', reports)).toMatchObject([
      { what: 'target', before: 'db:5432', after: 'db2:5432' },
    ]);
  });
});
