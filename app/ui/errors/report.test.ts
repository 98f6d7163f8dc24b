import { describe, expect, it } from 'vitest';
import { AppError } from '#shared/error/appError.ts';
import { detailText, errorReport } from './report.ts';

describe('the report of an error', () => {
  it('holds what is known, a line each, and leaves out what is not', () => {
    const error = new AppError('AUTH_FAILED', 'The server refused the password.', {
      sqlstate: '28P01',
      stage: 'authenticate',
      detail: { server: 'db:5432', attempts: 2 },
    }).toEnvelope();
    expect(errorReport(error, 'billing').split('\n')).toEqual([
      'billing',
      'The server refused the password.',
      'Code: AUTH_FAILED',
      'SQLSTATE: 28P01',
      'Stage: authenticate',
      'Detail:',
      'server: db:5432',
      'attempts: 2',
    ]);
  });

  it('shows a detail in words as it is', () => {
    expect(detailText('FATAL: no')).toBe('FATAL: no');
    expect(detailText(undefined)).toBe('');
  });
});
