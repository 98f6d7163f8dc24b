import type { ErrorEnvelope } from '#shared/error/envelope.ts';

/** The technical detail as text: the server's words, or facts one a line. */
export function detailText(detail: ErrorEnvelope['detail']): string {
  if (detail === undefined) return '';
  if (typeof detail === 'string') return detail;
  return Object.entries(detail)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('\n');
}

/** An error as text to paste into a message to someone else. Envelopes hold no secret. */
export function errorReport(error: ErrorEnvelope, subject?: string): string {
  const facts: [string, string | number | undefined][] = [
    ['Code', error.code],
    ['SQLSTATE', error.sqlstate],
    ['Stage', error.stage],
    ['Reason', error.reason],
    ['Hint', error.hint],
    ['Outcome', error.outcome],
  ];
  const lines = facts.flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  const detail = detailText(error.detail);
  return [
    ...(subject === undefined ? [] : [subject]),
    error.message,
    ...lines,
    ...(detail === '' ? [] : ['Detail:', detail]),
  ].join('\n');
}
