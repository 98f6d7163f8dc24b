import { describe, expect, it } from 'vitest';
import { AppError } from '#shared/error/appError.ts';
import { Redactor } from './redactor.ts';
import { Screen } from './screen.ts';

const redactor = new Redactor();
for (const secret of ['hunter2-canary', 'postgres']) redactor.add(secret);
const screen = new Screen(redactor, (secret) => secret === 'postgres');

const envelope = new AppError('QUERY_FAILED', 'role "hunter2-canary" does not exist', {
  detail: { words: ['hunter2-canary', 'postgres'] },
  hint: 'hunter2-canary',
}).toEnvelope();
const clean = {
  message: 'role "[redacted]" does not exist',
  detail: { words: ['[redacted]', 'postgres'] },
  hint: '[redacted]',
};

describe('what leaves for a window', () => {
  it.each([
    [
      'an error',
      { error: { code: -32_000, message: envelope.message, data: envelope } },
      { error: { data: clean } },
    ],
    [
      'an error within a notification',
      { method: 'm', params: { runs: [{ error: envelope }] } },
      { params: { runs: [{ error: clean }] } },
    ],
    [
      'an error within an answer',
      { result: { connections: [{ config: { lastError: envelope } }] } },
      { result: { connections: [{ config: { lastError: clean } }] } },
    ],
    [
      'the facts of a stage',
      { params: { stage: 'tls', facts: { names: 'hunter2-canary' } } },
      { params: { facts: { names: '[redacted]' } } },
    ],
    [
      'a notice',
      { params: { notices: [{ message: 'hunter2-canary' }] } },
      { params: { notices: [{ message: '[redacted]' }] } },
    ],
  ])('loses a secret in %s', (_what, message, expected) => {
    expect(screen.message(message)).toMatchObject(expected);
    expect(JSON.stringify(screen.message(message))).not.toContain('hunter2-canary');
  });

  it.each([
    ['the rows of a result', { result: { rows: [['hunter2-canary']], rowCount: 1 } }],
    [
      'its first rows and columns',
      { params: { firstRows: [['hunter2-canary']], columns: [{ name: 'hunter2-canary' }] } },
    ],
    ['a text of his', { result: { snapshot: { documents: [{ text: "password 'hunter2-canary'" }] } } }],
    ['a definition', { result: { config: { name: 'hunter2-canary', host: 'postgres' } } }],
    ['nothing at all', { result: null }],
  ])('leaves the user what is his: %s', (_what, message) => {
    expect(screen.message(message)).toBe(message);
  });

  it('keeps control characters, which the window shows as marks', () => {
    expect(screen.clean('a\u202eb\x1bc')).toBe('a\u202eb\x1bc');
  });
});

it('takes out of what is written down what only looks like a secret too, and leaves what everybody sees', () => {
  const said = {
    user: 'postgres',
    said: 'hunter2-canary',
    url: 'postgres://ada:secret@db',
    password: 'postgres',
  };
  expect(screen.purged(said)).toEqual({
    user: 'postgres',
    said: '[redacted]',
    url: 'postgres://ada:[redacted]@db',
    password: '[redacted]',
  });
});
