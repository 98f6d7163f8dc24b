import { expect, it } from 'vitest';
import { dayWords } from '../../lib/times.ts';
import { countWords, firstLine, keptUntilWords, outcomeWords, timeWords } from './keptWords.ts';

const at = (text: string) => new Date(text).getTime();
const now = at('2026-11-22T12:00:00');

it.each([
  ['2026-11-22T00:00:00', 'Today'],
  ['2026-11-21T23:59:59', 'Yesterday'],
  ['2026-11-17T08:00:00', 'Tuesday, November 17'],
  ['2025-12-31T08:00:00', 'Wednesday, December 31, 2025'],
])('the day of %s is %s', (text, words) => {
  expect(dayWords(at(text), now, 'en-US')).toBe(words);
});

it.each([
  ['2026-11-22T09:15:00', '2026-11-22T11:40:59', /^09:15.–.11:40$|^09:15–11:40$/],
  ['2026-11-22T09:15:00', '2026-11-22T09:15:30', /^09:15$/],
  ['2026-11-21T23:00:00', '2026-11-22T01:00:00', /^21 Nov, 23:00.–.22 Nov, 01:00$/],
])('a session from %s to %s was %s', (startedAt, savedAt, words) => {
  expect(timeWords({ startedAt: at(startedAt), savedAt: at(savedAt) }, 'en-GB')).toMatch(words);
});

it('counts what there is and leaves out what there is not', () => {
  const summary = { titles: [], connections: [] };
  expect(countWords({ ...summary, tabs: 1, runs: 0, failed: 0 })).toBe('1 tab');
  expect(countWords({ ...summary, tabs: 2, runs: 1, failed: 1 })).toBe('2 tabs, 1 run, 1 failed');
});

it('says how long a session stays and how a run ended', () => {
  expect(keptUntilWords(now + 1, now)).toBe('kept for 1 more day');
  expect(keptUntilWords(now + 29.5 * 24 * 3_600_000, now)).toBe('kept for 30 more days');
  expect(keptUntilWords(now - 1, now)).toBe('is deleted soon');
  expect([outcomeWords({}), outcomeWords({ outcome: 'lost' }), outcomeWords({ outcome: 'done' })]).toEqual([
    'did not end',
    'connection lost',
    'done',
  ]);
});

it('takes the first line that says something', () => {
  expect(firstLine('\n  \n  select 1\n from t')).toBe('select 1');
  expect(firstLine(' ')).toBe('');
});
