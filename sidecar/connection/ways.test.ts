import { describe, expect, it } from 'vitest';
import { AppError } from '#shared/error/appError.ts';
import { afterFailure } from './ways.ts';

const at = (stage: string, more = {}) => ({ stage, ...more });

describe('after a failed attempt', () => {
  it.each([
    ['CONNECTION_REFUSED', at('tcp'), 'always', 'address'],
    ['TIMEOUT', at('authenticate'), 'always', 'address'],
    ['SERVER_STARTING', at('authenticate', { sqlstate: '57P03' }), 'always', 'host'],
    ['AUTH_REJECTED', at('authenticate', { sqlstate: '28000' }), 'never', 'encryption'],
    // A pooler that wants TLS.
    ['PROTOCOL_ERROR', at('authenticate', { sqlstate: '08P01' }), 'never', 'encryption'],
    ['AUTH_FAILED', at('authenticate', { sqlstate: '28P01' }), 'never', 'none'],
    ['AUTH_FAILED', at('authenticate', { sqlstate: '28P01' }), 'ifOffered', 'none'],
    [
      'AUTH_REJECTED',
      at('authenticate', { sqlstate: '28000', reason: 'hostRules' }),
      'ifOffered',
      'encryption',
    ],
    ['AUTH_REJECTED', at('authenticate', { sqlstate: '28000' }), 'ifOffered', 'none'],
    ['TLS_HANDSHAKE', at('tls'), 'ifOffered', 'encryption'],
    ['TLS_HANDSHAKE', at('tls'), 'always', 'none'],
    ['TLS_CERT_INVALID', at('tls'), 'ifOffered', 'none'],
    ['PROTOCOL_ERROR', at('tls'), 'ifOffered', 'none'],
    ['DATABASE_NOT_FOUND', at('database', { sqlstate: '3D000' }), 'never', 'none'],
    ['TOO_MANY_CONNECTIONS', at('authenticate', { sqlstate: '53300' }), 'always', 'none'],
  ] as const)('%s %j, encrypted %s: next is %s', (code, facts, tried, next) => {
    const used = tried === 'ifOffered' ? 'always' : tried;
    expect(afterFailure(new AppError(code, 'failed', facts), used, tried)).toBe(next);
  });

  it('of a server that offered no encryption there is nothing to give up', () => {
    const refused = new AppError('AUTH_REJECTED', 'no', at('authenticate', { reason: 'hostRules' }));
    expect(afterFailure(refused, 'never', 'ifOffered')).toBe('none');
  });
});
