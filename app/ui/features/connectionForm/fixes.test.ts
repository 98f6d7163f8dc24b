import { describe, expect, it } from 'vitest';
import type { StageReport, TestReport } from '#shared/connection/testReport.ts';
import { AppError, type ErrorFacts } from '#shared/error/appError.ts';
import type { ErrorCode } from '#shared/error/codes.ts';
import { fixOf, type Fix } from './fixes.ts';
import { valuesOf, type FormValues } from './formValues.ts';

const edit = { id: 'edit', label: 'Edit connection' };
const retry = { id: 'retry', label: 'Try again' };
const pem = '-----BEGIN CERTIFICATE-----';

interface Given {
  facts?: ErrorFacts;
  values?: Partial<FormValues>;
  report?: Partial<TestReport>;
}

function fixFor(code: ErrorCode, { facts = {}, values = {}, report = {} }: Given = {}): Fix | undefined {
  const error = new AppError(code, 'No.', facts).toEnvelope();
  const all = { ok: false, stages: [], latencyMs: 1, testedBy: 'test', error, ...report };
  return fixOf(error, all, { ...valuesOf(undefined, { source: 'session' }), ...values });
}

const reached = (address: string): StageReport[] => [
  { stage: 'tcp', status: 'ok', ms: 1, facts: { address, port: 5432 } },
  { stage: 'tls', status: 'failed', ms: 1 },
];

const cases: [what: string, fix: Fix | undefined, expected: object | undefined][] = [
  [
    'TLS demanded, far away',
    fixFor('AUTH_NEEDS_TLS', { values: { host: 'db.example' } }),
    { kind: 'change', label: 'Turn TLS on', values: { tlsMode: 'verify-full' } },
  ],
  [
    'TLS demanded, on this computer',
    fixFor('AUTH_NEEDS_TLS'),
    { kind: 'change', values: { tlsMode: 'require' } },
  ],
  [
    'no TLS, on this computer',
    fixFor('TLS_NOT_SUPPORTED', { report: { stages: reached('127.0.0.1') } }),
    { kind: 'change', label: 'Connect without TLS', values: { tlsMode: 'disable' } },
  ],
  [
    'no TLS, over a network: never plain text by one button',
    fixFor('TLS_NOT_SUPPORTED', { report: { stages: reached('10.0.0.1') } }),
    { kind: 'go', place: { tab: 'tls', label: 'TLS mode' } },
  ],
  [
    'self-signed',
    fixFor('TLS_CERT_INVALID', { facts: { reason: 'self_signed', detail: { trust: { pem } } } }),
    { kind: 'trustCertificate', label: 'Trust this certificate', pem },
  ],
  [
    'a CA of their own',
    fixFor('TLS_CERT_INVALID', { facts: { reason: 'unknown_ca', detail: { trust: { pem } } } }),
    { kind: 'trustCertificate', label: 'Trust this CA', pem },
  ],
  [
    'expired',
    fixFor('TLS_CERT_INVALID', { facts: { reason: 'expired', detail: { spkiSha256: 'pin' } } }),
    { kind: 'change', label: 'Pin this key', values: { tlsMode: 'require', pinnedSpkiSha256: 'pin' } },
  ],
  [
    'another key than the pinned one: nothing that accepts it',
    fixFor('TLS_CERT_INVALID', { facts: { reason: 'pin_mismatch', detail: { spkiSha256: 'other' } } }),
    { kind: 'go', place: { tab: 'tls' } },
  ],
  [
    'one other name',
    fixFor('TLS_CERT_INVALID', {
      facts: { reason: 'hostname_mismatch', detail: { names: 'DNS:db.example, DNS:*.example' } },
    }),
    { kind: 'change', label: 'Expect the name db.example', values: { serverName: 'db.example' } },
  ],
  [
    'several other names',
    fixFor('TLS_CERT_INVALID', {
      facts: { reason: 'hostname_mismatch', detail: { names: 'DNS:a.example, IP Address:10.0.0.1' } },
    }),
    { kind: 'choose', options: [{ label: 'a.example' }, { label: '10.0.0.1' }] },
  ],
  ['a wrong password', fixFor('AUTH_FAILED', { facts: { stage: 'authenticate' } }), { kind: 'password' }],
  [
    'a wrong password out of a file',
    fixFor('AUTH_FAILED', { facts: { stage: 'authenticate' }, values: { source: 'pgpass' } }),
    { kind: 'go', place: { tab: 'general', label: 'Password from' } },
  ],
  [
    'no rule for this address',
    fixFor('AUTH_REJECTED', {
      facts: { detail: 'no pg_hba.conf entry for host "10.1.2.3", user "ada", database "shop"' },
      values: { username: 'ada', database: 'shop' },
    }),
    { kind: 'copy', text: 'host  "shop"  "ada"  10.1.2.3/32  scram-sha-256' },
  ],
  [
    'no such database',
    fixFor('DATABASE_NOT_FOUND', { facts: { stage: 'database' }, report: { databases: ['a', 'b'] } }),
    { kind: 'choose', label: 'Choose a database', options: [{ label: 'a' }, { values: { database: 'b' } }] },
  ],
  [
    'no such database, and nobody tells which there are',
    fixFor('DATABASE_NOT_FOUND', { facts: { stage: 'database', actions: [edit] } }),
    { kind: 'go', place: { tab: 'general', label: 'Database' } },
  ],
  [
    'a database that is closed to this user',
    fixFor('PERMISSION_DENIED', {
      facts: { stage: 'database', sqlstate: '42501' },
      values: { database: 'sh"op', username: 'ada' },
    }),
    { kind: 'copy', text: 'GRANT CONNECT ON DATABASE "sh""op" TO "ada";' },
  ],
  [
    'a setting that is refused',
    fixFor('STARTUP_PARAMETER', { facts: { issues: [{ path: 'options.timeZone', message: 'No' }] } }),
    { kind: 'change', label: 'Clear the time zone', values: { timeZone: '' } },
  ],
  [
    'start-up SQL that fails: it is not thrown away',
    fixFor('INVALID_CONFIG', { facts: { issues: [{ path: 'options.startupSql', message: 'No' }] } }),
    { kind: 'go', place: { tab: 'options', label: 'Startup SQL' } },
  ],
  [
    'another server answers here',
    fixFor('CONNECTION_REFUSED', { report: { places: [{ host: 'localhost', port: 5433 }] } }),
    { kind: 'change', label: 'Use localhost:5433', values: { host: 'localhost', port: '5433' } },
  ],
  ['nothing listens', fixFor('CONNECTION_REFUSED'), { kind: 'go', place: { tab: 'general', label: 'Port' } }],
  [
    'nothing listens where it did',
    fixFor('CONNECTION_REFUSED', { report: { last: { at: 1, changes: [] } } }),
    { kind: 'retry' },
  ],
  ['silence', fixFor('TIMEOUT', { facts: { stage: 'tcp', actions: [retry, edit] } }), { kind: 'retry' }],
  [
    'an unknown host key',
    fixFor('SSH_HOST_KEY_UNKNOWN', { facts: { detail: { hop: 'h', fingerprint: 'SHA256:a' } } }),
    { kind: 'trustHostKey', hop: 'h', fingerprint: 'SHA256:a' },
  ],
  [
    'a changed host key: no way to accept it',
    fixFor('SSH_HOST_KEY_CHANGED', {
      facts: { stage: 'ssh[0]', detail: { hop: 'h', fingerprint: 'SHA256:b' } },
    }),
    undefined,
  ],
  [
    'an SSH login that is refused',
    fixFor('SSH_AUTH_FAILED', { facts: { stage: 'ssh[0]' } }),
    { kind: 'go', place: { tab: 'ssh', label: 'SSH host', hop: 0 } },
  ],
  [
    'the passphrase of the second hop',
    fixFor('SSH_PASSPHRASE_REQUIRED', { facts: { stage: 'ssh[1]' } }),
    { kind: 'go', place: { tab: 'ssh', label: 'Passphrase', hop: 1 } },
  ],
];

describe('the one button of a stage that failed', () => {
  it.each(cases)('%s', (_, fix, expected) => {
    if (expected === undefined) expect(fix).toBeUndefined();
    else expect(fix).toMatchObject(expected);
  });
});
