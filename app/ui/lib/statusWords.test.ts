import { describe, expect, it } from 'vitest';
import { AppError, type ErrorFacts } from '#shared/error/appError.ts';
import type { ErrorCode } from '#shared/error/codes.ts';
import { shownStatus, spokenStatus } from './statusWords.ts';

describe('what is shown of a connection', () => {
  it('is the word of its status, and how slow a slow one is', () => {
    expect(shownStatus({ status: 'connected' }, false)).toEqual({ mark: 'connected', word: 'connected' });
    expect(shownStatus({ status: 'degraded', responseMs: 1_400 }, false).word).toBe('slow 1.4 s');
    expect(shownStatus({ status: 'degraded' }, false).word).toBe('slow');
  });

  it.each<[ErrorCode, ErrorFacts, string, string]>([
    ['CREDENTIAL_REQUIRED', {}, 'needs password', 'needs a password'],
    ['CREDENTIAL_REQUIRED', { reason: 'sshPassword' }, 'needs SSH password', 'needs an SSH password'],
    ['CREDENTIAL_REQUIRED', { stage: 'ssh[0]' }, 'needs passphrase', 'needs a passphrase'],
    ['SSH_PASSPHRASE_REQUIRED', { promptId: 'p' }, 'needs passphrase', 'needs a passphrase'],
    [
      'TLS_CLIENT_KEY',
      { reason: 'passphrase_required', promptId: 'p' },
      'needs passphrase',
      'needs a passphrase',
    ],
    [
      'SSH_HOST_KEY_UNKNOWN',
      { promptId: 'p' },
      'new SSH host key',
      'asks whether its SSH server is the right one',
    ],
  ])('is a question, no failure, where the user is asked: %s %o', (code, facts, word, spoken) => {
    const error = new AppError(code, 'No.', facts).toEnvelope();
    expect(shownStatus({ status: 'error', error }, false)).toEqual({ mark: 'asks', word });
    expect(spokenStatus('billing', { status: 'error', previous: 'connecting', error })).toEqual({
      words: `billing ${spoken}.`,
      isLoss: false,
    });
  });

  it.each<[ErrorCode, ErrorFacts]>([
    ['AUTH_FAILED', { promptId: 'p' }],
    ['SSH_PASSPHRASE_WRONG', { promptId: 'p' }],
    ['SSH_PASSPHRASE_REQUIRED', {}],
    ['TLS_CLIENT_KEY', { reason: 'passphrase_wrong', promptId: 'p' }],
    ['TLS_CLIENT_KEY', { reason: 'mismatch' }],
  ])('is a failure where what was given is wrong, or nobody can be asked: %s %o', (code, facts) => {
    const error = new AppError(code, 'No.', facts).toEnvelope();
    expect(shownStatus({ status: 'error', error }, false).mark).toBe('error');
  });

  it('is that the user has stopped it', () => {
    const error = new AppError('CONNECTION_REFUSED', 'Nothing listens there.').toEnvelope();
    expect(shownStatus({ status: 'error', stopped: true, error }, false)).toEqual({
      mark: 'error',
      word: 'stopped',
    });
  });

  it('promises nothing while nobody can be asked', () => {
    for (const status of ['connected', 'degraded', 'reconnecting', 'connecting'] as const)
      expect(shownStatus({ status }, true)).toEqual({ mark: 'unknown', word: 'unknown' });
    expect(shownStatus({ status: 'disconnected' }, true).word).toBe('disconnected');
  });
});

describe('what is said aloud of a change', () => {
  const error = new AppError('CONNECTION_LOST', 'The connection was cut.').toEnvelope();

  it('is nothing where only an attempt was made or planned', () => {
    const change = { status: 'reconnecting', previous: 'reconnecting', error } as const;
    expect(spokenStatus('billing', change)).toBeUndefined();
  });

  it('interrupts for a loss only', () => {
    expect(spokenStatus('billing', { status: 'reconnecting', previous: 'connected', error })).toEqual({
      words: 'billing: reconnecting. The connection was cut.',
      isLoss: true,
    });
    expect(spokenStatus('billing', { status: 'error', previous: 'degraded', error })?.isLoss).toBe(true);
    expect(spokenStatus('billing', { status: 'error', previous: 'connecting', error })?.isLoss).toBe(false);
    expect(spokenStatus('billing', { status: 'connected', previous: 'reconnecting' })).toEqual({
      words: 'billing: connected',
      isLoss: false,
    });
  });
});
