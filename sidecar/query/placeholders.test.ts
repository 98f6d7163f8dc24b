import { expect, it } from 'vitest';
import { AppError, type ErrorFacts } from '#shared/error/appError.ts';
import { withPlaceholderHint } from './placeholders.ts';

const text = "select $12, :name, :'who', a[1:2] from t where x = :";
const at = (part: string, facts: ErrorFacts): string | undefined => {
  const error = new AppError('QUERY_FAILED', 'No.', { position: text.indexOf(part), ...facts });
  return withPlaceholderHint(error, text).facts.hint;
};

it('says what to do where a text has places for values, and nothing elsewhere', () => {
  expect(at('$12', { sqlstate: '42P02' })).toMatch(/^\$12 is a place.*PREPARE/);
  expect(at(':name', { sqlstate: '42601' })).toMatch(/^:name is a place(?!.*PREPARE)/);
  expect(at(":'who'", { sqlstate: '42601' })).toMatch(/^:'who' is a place/);
  expect(at(':2]', { sqlstate: '42601' })).toBeUndefined();
  expect(at('from', { sqlstate: '42601' })).toBeUndefined();
  expect(at(':name', { sqlstate: '42703' })).toBeUndefined();
  expect(at('$12', { sqlstate: '42P02', hint: 'own' })).toBe('own');
});
