import { expect, it } from 'vitest';
import { waitingWords } from './waitingWords.ts';

it('names who waits for a password, and counts several', () => {
  expect(waitingWords(['billing'])).toBe('billing waits for a password');
  expect(waitingWords(['billing', 'reports'])).toBe('2 connections wait for a password: billing, reports');
});
