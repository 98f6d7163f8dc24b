import type { ConnectionRow } from '#shared/connection/status.ts';
import type { ErrorEnvelope } from '#shared/error/envelope.ts';
import { errorTitle } from '../../errors/titles.ts';
import { shownStatus, type Mark } from '../../lib/statusWords.ts';
import { ago, countdown, elapsed, shortDuration } from '../../lib/times.ts';

export interface BannerState {
  tone: 'info' | 'warning' | 'danger';
  status: Mark;
  /** What is wrong. */
  title: string;
  /** More of it: why, since when, what comes next. */
  text: string;
  error?: ErrorEnvelope;
}

/** A connect that is through sooner shows no line; one that flashes up would only move the page. */
const quietConnectMs = 500;

export interface KnownOfLoss {
  /** It ended with the engine, not by the user. */
  ended?: boolean;
  /** What the loss took along. */
  loss?: string | undefined;
}

/** What the banner says of a connection; undefined while all is well. */
export function bannerState(
  row: ConnectionRow,
  now: number,
  { ended = false, loss }: KnownOfLoss = {},
): BannerState | undefined {
  const { status, config, error, activity, sinceAt, responseMs } = row;
  const since = sinceAt === undefined ? undefined : ago(sinceAt, now);
  const lasts = sinceAt !== undefined && now - sinceAt >= 1_000;
  const duration = lasts ? `for ${shortDuration(now - sinceAt)}` : undefined;
  switch (status) {
    case 'connected':
      return undefined;
    case 'disconnected':
      // By the user's own wish there is nothing wrong.
      return ended
        ? {
            tone: 'warning',
            status,
            title: `${config.name} was disconnected`,
            text: 'the engine was restarted; your texts are safe',
          }
        : undefined;
    case 'connecting':
      if (sinceAt !== undefined && now - sinceAt < quietConnectMs) return undefined;
      return { tone: 'info', status, title: `Connecting to ${config.name}`, text: activity ?? '' };
    case 'degraded':
      return {
        tone: 'warning',
        status,
        title: 'The server answers slowly',
        text: joined(responseMs === undefined ? undefined : `after ${elapsed(responseMs)}`, duration),
        error,
      };
    case 'reconnecting':
      return {
        tone: 'warning',
        status,
        title: lostTitle(since),
        // In a narrow window the end of it is cut: what comes next and why is not among that.
        text: joined(attemptText(row, now), error?.message, loss),
        error,
      };
    case 'error':
      return errorState(row, since, loss);
  }
}

const lostTitle = (since: string | undefined): string =>
  since === undefined ? 'Connection lost' : `Connection lost ${since}`;

function errorState(row: ConnectionRow, since: string | undefined, loss: string | undefined): BannerState {
  const { error, stopped } = row;
  const { mark: status } = shownStatus(row, false);
  if (stopped) {
    const text = joined('stopped by you', error?.message, loss);
    return { tone: 'warning', status, title: lostTitle(since), text, error };
  }
  const title = error ? errorTitle(error) : 'Not connected';
  const tone = status === 'asks' ? 'info' : 'danger';
  return { tone, status, title, text: joined(error?.message, since, loss), error };
}

function attemptText({ attempt, nextRetryAt }: ConnectionRow, now: number): string | undefined {
  const count = attempt === undefined ? undefined : `attempt ${attempt}`;
  const left = countdown(nextRetryAt, now);
  const next = left === undefined ? 'trying now' : `next in ${left}`;
  return count === undefined ? undefined : `${count}, ${next}`;
}

/** A sentence that goes on in the same line needs no full stop. */
const joined = (...parts: (string | undefined)[]): string =>
  parts
    .filter((part) => part !== undefined && part !== '')
    .map((part, index, all) => (index < all.length - 1 ? part?.replace(/\.$/, '') : part))
    .join(' · ');
