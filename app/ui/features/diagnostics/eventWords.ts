import type { DiagnosticEvent } from '#shared/diagnostics/event.ts';
import { elapsed } from '../../lib/times.ts';

type Payload = DiagnosticEvent['payload'];

/** `runEnded`: Run ended. */
export function eventTitle(event: string): string {
  const words = event.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Something failed or was lost; all else is the normal course of things. */
export const isFailure = ({ event, payload }: DiagnosticEvent): boolean =>
  event === 'lost' ||
  event === 'refused' ||
  payload.ok === false ||
  payload.outcome === 'failed' ||
  errorOf(payload) !== undefined;

/** What an event says, in one line. */
export function summaryOf(event: DiagnosticEvent): string {
  const special = summaries[event.event]?.(event.payload);
  const error = errorOf(event.payload);
  const words = [special ?? (error ? undefined : plainFacts(event.payload)), errorWords(error)];
  return words.filter((each) => each !== undefined && each !== '').join(' · ');
}

const summaries: Partial<Record<string, (payload: Payload) => string>> = {
  connected: (payload) => {
    const info = objectOf(payload.info);
    const tls = info.encrypted === true ? text(info.tls, 'encrypted') : 'not encrypted';
    return joined([
      `PostgreSQL ${text(info.serverVersion)}`,
      `${text(info.currentDatabase)} as ${text(info.currentUser)}`,
      tls,
    ]);
  },
  reconnecting: ({ attempt, nextRetryInMs }) =>
    joined([
      typeof attempt === 'number' && attempt > 0 ? `attempt ${attempt}` : '',
      typeof nextRetryInMs === 'number' ? `next in ${elapsed(nextRetryInMs)}` : 'trying',
    ]),
  degraded: ({ responseMs }) => (typeof responseMs === 'number' ? `answer after ${elapsed(responseMs)}` : ''),
  connecting: ({ activity }) => text(activity),
  tested: ({ ok, latencyMs, stages }) => {
    const failed = listOf(stages).find((stage) => objectOf(stage).status === 'failed');
    return ok === true
      ? `ok, ${elapsed(Number(latencyMs))}`
      : `failed at ${text(objectOf(failed).stage, 'the start')}`;
  },
  prompted: ({ kind, hop }) => joined([text(kind), text(hop)]),
  promptSettled: ({ kind }) => text(kind),
  runStarted: ({ database }) => text(database),
  runEnded: ({ outcome, ms, rows, statements, tags }) =>
    joined([
      text(outcome),
      elapsed(Number(ms)),
      counted(rows, 'row'),
      Number(statements) > 1 ? counted(statements, 'statement') : listOf(tags).map(String).join(', '),
    ]),
  lost: ({ lost, commitOutcome }) => joined([listOf(lost).map(String).join(', '), text(commitOutcome)]),
  read: ({ what, database, ms }) => joined([text(what), text(database), elapsed(Number(ms))]),
  readFailed: ({ what, database }) => joined([text(what), text(database)]),
  attached: ({ ms }) => (typeof ms === 'number' ? elapsed(ms) : ''),
  refused: ({ reason }) => text(reason),
  detached: () => '',
  replaced: () => '',
  promoted: () => '',
  draining: () => 'what runs may end first',
  ended: () => '',
  problem: ({ file }) => text(file),
  settingsChanged: ({ changed }) => listOf(changed).map(String).join(', '),
};

interface ErrorFacts {
  code?: unknown;
  message?: unknown;
  sqlstate?: unknown;
}

function errorOf({ error }: Payload): ErrorFacts | undefined {
  return typeof error === 'object' && error !== null ? error : undefined;
}

const errorWords = (error: ErrorFacts | undefined): string | undefined =>
  error && text(error.message, joined([text(error.code), text(error.sqlstate)]));

/** What has no words of its own: its plain values by their names. */
const plainFacts = (payload: Payload): string =>
  Object.entries(payload)
    .filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
    .map(([key, value]) => `${key} ${String(value)}`)
    .join(', ');

const objectOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown, otherwise = ''): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : otherwise;
const joined = (parts: readonly string[]): string => parts.filter((part) => part !== '').join(' · ');
const counted = (count: unknown, thing: string): string =>
  typeof count === 'number' ? `${count.toLocaleString()} ${thing}${count === 1 ? '' : 's'}` : '';

/** To the second, for what happens in a row; the day where it was not today. */
export function eventTime(at: number, now = Date.now()): string {
  const date = new Date(at);
  const isToday = new Date(now).toDateString() === date.toDateString();
  const time = date.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
  if (isToday) return time;
  return `${date.toLocaleDateString(undefined, { day: 'numeric', month: 'short' })} ${time}`;
}
