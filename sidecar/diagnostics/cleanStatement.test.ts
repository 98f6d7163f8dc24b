import { expect, it } from 'vitest';
import { hidePasswords } from '#shared/sql/passwords.ts';
import { cleanStatement } from './cleanStatement.ts';

it.each([
  [
    'alter role ada password hunter2',
    'syntax error at or near "hunter2"',
    'syntax error at or near "[redacted]"',
  ],
  [
    'alter role ada password p@ss-w0rd',
    'syntax error at or near "P"',
    'syntax error at or near "[redacted]"',
  ],
  ["alter role ada password 'ada' valid", 'role "ada" does not exist', 'role "ada" does not exist'],
  ['select 1', "alter role a password 'x' in it", "alter role a password '[redacted]' in it"],
])('of %s a server says %s', (statement, words, kept) => {
  expect(cleanStatement(statement, 1_000, hidePasswords).said(words)).toBe(kept);
});

it('a password that stands across the end of what is kept is hidden', () => {
  const { text, isCut } = cleanStatement("alter role a password 'hunter2'", 28, hidePasswords);
  expect([text, isCut]).toEqual(["alter role a password '[reda", true]);
});
