import { expect, it } from 'vitest';
import { shownLine } from './historyWords.ts';
import { boundsOf } from './spans.ts';

it.each([
  ['select *\n  from t', '', 'select * from t', []],
  ['select Orders, orders', 'ORDERS sel', 'select Orders, orders', ['sel', 'Orders', 'orders']],
  ['aaa', 'aa a', 'aaa', ['aa', 'a']],
  [`select ${'x'.repeat(200)} found`, 'found', `…${'x'.repeat(39)} found`, ['found']],
])('shows %j, looked at for %j, as one line with the finds in it', (text, sought, line, finds) => {
  const shown = shownLine(text, sought);
  expect(shown.text).toBe(line);
  expect(shown.matches.map(({ from, to }) => shown.text.slice(from, to))).toEqual(finds);
});

it('counts days from midnight to midnight', () => {
  const now = new Date(2026, 10, 22, 15, 30).getTime();
  const at = (month: number, day: number) => new Date(2026, month, day).getTime();
  expect(boundsOf('any', '', '', now)).toEqual({});
  expect(boundsOf('today', '', '', now)).toEqual({ from: at(10, 22) });
  expect(boundsOf('week', '', '', now)).toEqual({ from: at(10, 16) });
  expect(boundsOf('month', '', '', now)).toEqual({ from: at(9, 24) });
  expect(boundsOf('between', '2026-11-01', '2026-11-02', now)).toEqual({
    from: at(10, 1),
    to: at(10, 3) - 1,
  });
  expect(boundsOf('between', '', 'nonsense', now)).toEqual({});
});
