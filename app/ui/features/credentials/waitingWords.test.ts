import { expect, it } from 'vitest';
import { waitingWords } from './waitingWords.ts';

it('names who waits and for what, and counts several', () => {
  const billing = { name: 'billing', kind: 'password' } as const;
  expect(waitingWords([billing])).toBe('billing waits for a password');
  expect(waitingWords([billing, { name: 'reports', kind: 'password' }])).toBe(
    '2 connections wait for a password: billing, reports',
  );
  expect(waitingWords([billing, { name: 'shop', kind: 'hostKey' }])).toBe(
    '2 connections wait for an answer: billing, shop',
  );
  expect(waitingWords([{ name: 'shop', kind: 'hostKey' }])).toBe('shop waits for a look at its host key');
});
