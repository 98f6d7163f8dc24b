import { describe, expect, it } from 'vitest';
import { AppError } from '#shared/error/appError.ts';
import { shownStatus, spokenStatus } from './statusWords.ts';

describe('what is shown of a connection', () => {
  it('is the word of its status, and how slow a slow one is', () => {
    expect(shownStatus({ status: 'connected' }, false)).toEqual({ mark: 'connected', word: 'connected' });
    expect(shownStatus({ status: 'degraded', responseMs: 1_400 }, false).word).toBe('slow 1.4 s');
    expect(shownStatus({ status: 'degraded' }, false).word).toBe('slow');
  });

  it('is a question, no failure, where a password is wanted', () => {
    const envelope = (code: 'CREDENTIAL_REQUIRED' | 'AUTH_FAILED') => new AppError(code, 'No.').toEnvelope();
    const shown = (code: Parameters<typeof envelope>[0]) =>
      shownStatus({ status: 'error', error: envelope(code) }, false);
    expect(shown('CREDENTIAL_REQUIRED')).toEqual({ mark: 'asks', word: 'needs password' });
    expect(shown('AUTH_FAILED').mark).toBe('error');
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

  it('asks for a password as a question', () => {
    const needed = new AppError('CREDENTIAL_REQUIRED', 'A password is needed.').toEnvelope();
    expect(spokenStatus('billing', { status: 'error', previous: 'connecting', error: needed })).toEqual({
      words: 'billing needs a password.',
      isLoss: false,
    });
  });
});
