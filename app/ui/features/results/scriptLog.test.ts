import { describe, expect, it } from 'vitest';
import { AppError } from '#shared/error/appError.ts';
import type { Notice, StatementRef } from '#shared/query/result.ts';
import { logSummary, scriptLog, type LoggedResult } from './scriptLog.ts';

const statement = (index: number): StatementRef => ({ index, from: index * 10, to: index * 10 + 8 });
const result = (index: number, rowCount?: number): LoggedResult => ({
  id: `r${index}`,
  statement: statement(index),
  hasColumns: rowCount !== undefined,
  rowCount: rowCount ?? 0,
  commandTag: 'DONE',
  elapsedMs: 1,
});
const notice = (index: number, severity = 'NOTICE'): Notice => ({
  severity,
  message: `n${index}`,
  statement: statement(index),
});
const quiet = { notices: [], error: undefined, failedStatement: undefined };

describe('what a script tells of itself', () => {
  it('tells each statement with what it gave and what was said meanwhile', () => {
    const loose: Notice = { severity: 'WARNING', message: 'stopped' };
    const notices = [notice(1), notice(0), notice(1), loose];
    const log = scriptLog({ ...quiet, results: [result(0, 2), result(1), result(1, 3)], notices });
    expect(
      log.entries.map((each) => [each.statement.index, each.results.length, each.notices.length]),
    ).toEqual([
      [0, 1, 1],
      [1, 2, 2],
    ]);
    expect(log.others).toEqual([loose]);
    expect(logSummary(log)).toBe('2 statements · 5 rows');
    expect(logSummary(scriptLog({ ...quiet, results: [result(0, 2)] }))).toBeUndefined();
  });

  it('tells the errors at their statements, and first where there are many statements', () => {
    const error = new AppError('QUERY_FAILED', 'first').toEnvelope();
    const results = Array.from({ length: 300 }, (_, index) => index).filter(
      (index) => index !== 7 && index !== 200,
    );
    const script = { error, failedStatement: statement(7), notices: [notice(200, 'ERROR')] };
    const log = scriptLog({ ...script, results: results.map((index) => result(index)) });
    expect(log.entries.slice(0, 3).map((each) => [each.statement.index, each.error?.message])).toEqual([
      [7, 'first'],
      [200, 'n200'],
      [0, undefined],
    ]);
    expect(logSummary(log)).toBe('300 statements · 2 failed');
    const short = scriptLog({ ...script, results: [result(6), result(8)] });
    expect(short.entries.map((each) => each.statement.index)).toEqual([6, 7, 8, 200]);
  });
});
