import { describe, expect, it } from 'vitest';
import { AppError } from '#shared/error/appError.ts';
import { reportText } from './reportText.ts';

describe('the report to copy', () => {
  it('holds every stage, the error, and what is different from before', () => {
    const error = new AppError('TLS_CERT_INVALID', 'It is signed by itself.', {
      stage: 'tls',
      reason: 'self_signed',
      hint: 'Trust it.',
      detail: { subject: 'db', trust: { pem: 'long' } },
    }).toEnvelope();
    const text = reportText(
      { name: 'billing', target: 'db:5432, database b, user u', now: 0 },
      {
        ok: false,
        latencyMs: 3,
        testedBy: 'Hawser 1.2.3, Node.js 20.1.0, linux x64',
        error,
        stages: [
          { stage: 'resolve', status: 'ok', ms: 2, facts: { addresses: ['10.0.0.1'] } },
          { stage: 'tls', status: 'failed', ms: 1, error },
          { stage: 'session', status: 'skipped', ms: 0 },
        ],
        last: { at: 0, changes: [{ what: 'role', stage: 'session', before: 'primary', after: 'standby' }] },
      },
    );
    expect(text.split('\n')).toEqual([
      '## Connection test of billing: failed at TLS',
      '',
      '- Target: db:5432, database b, user u',
      '- Tested: 1970-01-01T00:00:00.000Z, 3 ms, by Hawser 1.2.3, Node.js 20.1.0, linux x64',
      '',
      '- Resolve: ok, 2 ms, 10.0.0.1',
      '- TLS: failed, 1 ms, It is signed by itself.',
      '- Session: skipped, not reached',
      '',
      'It is signed by itself. (TLS_CERT_INVALID, self_signed)',
      'Trust it.',
      '',
      '```',
      'subject: db',
      '```',
      '',
      'Last worked: 1970-01-01T00:00:00.000Z',
      '- The server was the primary then, it is a standby, in recovery now.',
      '',
    ]);
  });
});
