import type { z } from 'zod';

/**
 * What a field says where its schema has no words of its own. It never repeats what was typed: that may be a password
 * in the wrong field.
 */
export const plainWords: z.core.$ZodErrorMap = (issue) => {
  if (issue.input === undefined) return 'This field is missing';
  if (issue.code === 'invalid_type') return kindWords[issue.expected] ?? 'This is not valid here';
  if (issue.code === 'invalid_value') return `Choose one of: ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'invalid_format')
    return issue.format === 'uuid' ? 'This is not an identifier' : 'This is not written as it should be';
  if (issue.code === 'too_small' || issue.code === 'too_big') return limitWords(issue);
  return 'This is not valid here';
};

const kindWords: Record<string, string> = {
  string: 'This must be text',
  number: 'This must be a number',
  int: 'This must be a whole number',
  boolean: 'This must be on or off',
  array: 'This must be a list',
  object: 'This must be a group of fields',
  record: 'This must be a group of fields',
};

function limitWords(issue: z.core.$ZodRawIssue<z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig>): string {
  const [limit, words] =
    issue.code === 'too_small' ? [issue.minimum, 'At least'] : [issue.maximum, 'At most'];
  const [one, many] = units[issue.origin] ?? ['', ''];
  return `${words} ${String(limit)}${Number(limit) === 1 ? one : many}`;
}

const units: Record<string, [one: string, many: string]> = {
  string: [' character', ' characters'],
  array: [' entry', ' entries'],
};
