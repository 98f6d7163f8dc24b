import { expect, it } from 'vitest';
import type { DiagnosticEvent } from '#shared/diagnostics/event.ts';
import { eventTitle, isFailure, summaryOf } from './eventWords.ts';

const event = (name: string, payload: DiagnosticEvent['payload']): DiagnosticEvent => ({
  ...{ id: 1, at: 1, type: 'query', event: name, source: 'service', payload },
});

it.each([
  [
    'runEnded',
    { outcome: 'done', ms: 3, rows: 1_200, statements: 1, tags: ['SELECT 1200'] },
    'done · 3 ms · 1,200 rows · SELECT 1200',
    false,
  ],
  [
    'runEnded',
    {
      outcome: 'failed',
      ms: 3,
      rows: 0,
      statements: 0,
      tags: [],
      error: { code: 'QUERY_FAILED', sqlstate: '22P02' },
    },
    'failed · 3 ms · 0 rows · QUERY_FAILED · 22P02',
    true,
  ],
  [
    'reconnecting',
    { attempt: 3, nextRetryInMs: 2_000, error: { code: 'CONNECTION_REFUSED', message: 'Nobody listens.' } },
    'attempt 3 · next in 2.0 s · Nobody listens.',
    true,
  ],
  [
    'connected',
    { info: { serverVersion: '18.4', currentDatabase: 'shop', currentUser: 'ada', encrypted: false } },
    'PostgreSQL 18.4 · shop as ada · not encrypted',
    false,
  ],
  ['tested', { ok: false, stages: [{ stage: 'tcp', status: 'failed' }] }, 'failed at tcp', true],
  ['somethingNew', { size: 3, deep: {}, name: 'x' }, 'size 3, name x', false],
])('%s %j is told as: %s', (name, payload, words, failed) => {
  expect([summaryOf(event(name, payload)), isFailure(event(name, payload))]).toEqual([words, failed]);
});

it.each(['connected', 'reconnecting', 'tested', 'runEnded', 'lost', 'read', 'settingsChanged', 'attached'])(
  '%s with nothing in it does no harm',
  (name) => {
    expect(summaryOf(event(name, {}))).toEqual(expect.any(String));
  },
);

it('makes words of names', () => {
  expect(['runEnded', 'connected'].map(eventTitle)).toEqual(['Run ended', 'Connected']);
});
