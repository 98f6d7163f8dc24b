import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '#shared/error/appError.ts';
import { transition, type ServerEvent, type ServerState } from './serverState.ts';

const address = { host: '127.0.0.1', port: 20_001, database: 'shop', username: 'postgres', password: 'x' };
const error = new AppError('EMBEDDED_FAILED', 'It ended.');
const after = (...events: ServerEvent[]): ServerState =>
  events.reduce<ServerState>(transition, { kind: 'stopped' });

test('it starts, runs, stops and is gone', () => {
  expect(after({ kind: 'start' })).toEqual({ kind: 'starting' });
  expect(after({ kind: 'start' }, { kind: 'ready', address })).toEqual({ kind: 'running', address });
  expect(after({ kind: 'start' }, { kind: 'ready', address }, { kind: 'stop' })).toEqual({
    kind: 'stopping',
  });
  const gone = after(
    { kind: 'start' },
    { kind: 'ready', address },
    { kind: 'stop' },
    { kind: 'gone', error },
  );
  expect(gone).toEqual({ kind: 'stopped' });
});

test('a failed start and an end by itself keep their error, and can be started again', () => {
  expect(after({ kind: 'start' }, { kind: 'failed', error })).toEqual({ kind: 'stopped', error });
  const crashed = after({ kind: 'start' }, { kind: 'ready', address }, { kind: 'gone', error });
  expect(crashed).toEqual({ kind: 'stopped', error });
  expect(transition(crashed, { kind: 'start' })).toEqual({ kind: 'starting' });
});

test('a start that is being stopped does not become a running server any more', () => {
  const stopping = after({ kind: 'start' }, { kind: 'stop' });
  expect(transition(stopping, { kind: 'ready', address })).toEqual({ kind: 'stopping' });
  expect(transition(stopping, { kind: 'failed', error })).toEqual({ kind: 'stopping' });
  expect(transition(stopping, { kind: 'gone' })).toEqual({ kind: 'stopped' });
});

test('whatever came before, stop and gone lead to stopped', () => {
  const event = fc.constantFrom<ServerEvent>(
    { kind: 'start' },
    { kind: 'ready', address },
    { kind: 'failed', error },
    { kind: 'stop' },
    { kind: 'gone', error },
  );
  fc.assert(
    fc.property(fc.array(event), (events) => {
      expect(after(...events, { kind: 'stop' }, { kind: 'gone' }).kind).toBe('stopped');
    }),
  );
});
