import { describe, expect, it } from 'vitest';
import { connectionConfigSchema } from '#shared/connection/config.ts';
import type { ConnectionRow } from '#shared/connection/status.ts';
import { AppError } from '#shared/error/appError.ts';
import { bannerState } from './bannerState.ts';

const config = connectionConfigSchema.parse({
  id: '00000000-0000-4000-8000-000000000001',
  name: 'billing',
  tls: { mode: 'prefer' },
  createdAt: 0,
  updatedAt: 0,
});
const row = (more: Partial<ConnectionRow>): ConnectionRow => ({ config, status: 'disconnected', ...more });
const lost = new AppError('CONNECTION_LOST', 'The server stopped answering.').toEnvelope();

describe('the banner', () => {
  it('says nothing while all is well', () => {
    expect(bannerState(row({ status: 'connected' }), 0)).toBeUndefined();
  });

  it('tells a connection that ended with the engine from one that the user ended', () => {
    expect(bannerState(row({}), 0)).toBeUndefined();
    expect(bannerState(row({}), 0, { ended: true })).toMatchObject({
      tone: 'warning',
      title: 'billing was disconnected',
    });
  });

  it('says nothing of a connect that is through in a moment, then what it is busy with', () => {
    const connecting = row({ status: 'connecting', sinceAt: 1_000, activity: 'making the sample' });
    expect(bannerState(connecting, 1_200)).toBeUndefined();
    expect(bannerState(connecting, 1_600)).toMatchObject({
      title: 'Connecting to billing',
      text: 'making the sample',
    });
  });

  it('tells of a loss since when, why, which attempt, and when the next one comes', () => {
    const reconnecting = row({
      status: 'reconnecting',
      sinceAt: 2_000,
      attempt: 4,
      nextRetryAt: 13_000,
      error: lost,
    });
    expect(bannerState(reconnecting, 10_000)).toMatchObject({
      tone: 'warning',
      title: 'Connection lost 8 s ago',
      text: 'attempt 4, next in 3 s · The server stopped answering.',
    });
  });

  it('says that the user ended the attempts, and what was lost since when', () => {
    const stopped = row({ status: 'error', stopped: true, sinceAt: 2_000, error: lost });
    expect(bannerState(stopped, 10_000)).toMatchObject({
      tone: 'warning',
      title: 'Connection lost 8 s ago',
      text: 'stopped by you · The server stopped answering.',
      error: lost,
    });
  });

  it('says how slow the server is', () => {
    const slow = row({ status: 'degraded', responseMs: 1_400, sinceAt: 2_000 });
    expect(bannerState(slow, 10_000)).toMatchObject({ tone: 'warning', text: 'after 1.4 s · for 8 s' });
  });

  it('counts down to one second, never to none', () => {
    const reconnecting = row({ status: 'reconnecting', attempt: 2, nextRetryAt: 1_300 });
    expect(bannerState(reconnecting, 1_000)?.text).toBe('attempt 2, next in 1 s');
    expect(bannerState(reconnecting, 1_300)?.text).toBe('attempt 2, trying now');
  });

  it('says what the loss took along, after why it was lost', () => {
    const known = { loss: 'no transaction was open' };
    const reconnecting = row({ status: 'reconnecting', sinceAt: 0, attempt: 1, error: lost });
    expect(bannerState(reconnecting, 1_000, known)?.text).toBe(
      'attempt 1, trying now · The server stopped answering · no transaction was open',
    );
  });

  it('takes a missing password for a question', () => {
    const error = new AppError('CREDENTIAL_REQUIRED', 'A password is needed.').toEnvelope();
    expect(bannerState(row({ status: 'error', error }), 0)).toMatchObject({ tone: 'info', status: 'asks' });
  });

  it('names an error by its title, and keeps it for the details', () => {
    const error = new AppError('AUTH_FAILED', 'The server refused the password of app_ro.').toEnvelope();
    expect(bannerState(row({ status: 'error', sinceAt: 0, error }), 5_000)).toMatchObject({
      tone: 'danger',
      title: 'Password refused',
      text: 'The server refused the password of app_ro · 5 s ago',
      error,
    });
  });
});
