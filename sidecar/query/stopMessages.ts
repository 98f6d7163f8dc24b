import { AppError } from '#shared/error/appError.ts';
import type { Notice, StatementRef } from '#shared/query/result.ts';
import type { Spool } from './spool/spool.ts';

/**
 * The error of a statement that ran past the run's limit. A server that speaks another language words its own in that, so
 * it is known by the limit and the SQLSTATE.
 */
export function timedOut(limitMs: number, cause: AppError): AppError {
  return new AppError(
    'STATEMENT_TIMEOUT',
    `Stopped: the statement ran for longer than ${limitMs / 1_000} s.`,
    {
      ...cause.facts,
      actions: [{ id: 'raiseLimit', label: 'Run with a higher limit' }],
      cause,
    },
  );
}

/** What cannot run in a transaction says so; what to do about it is added. */
export const asInTransaction = (error: AppError): AppError =>
  error.facts.sqlstate === '25001'
    ? error.with({ hint: 'Commit or roll back first, then run it alone with auto-commit on.' })
    : error;

/** Bytes of a file that are no text of the database's encoding are usually those of another one. */
export const asCopied = (error: AppError): AppError =>
  error.facts.sqlstate === '22021'
    ? error.with({ hint: "If the file has another encoding, name it: COPY ... WITH (ENCODING 'WIN1252')." })
    : error;

/** The link was lost between a COMMIT and its answer. */
export const commitLost = (error: AppError): AppError =>
  error.facts.outcome === 'none'
    ? error
    : error.with({
        reason: 'commitLost',
        hint: 'Whether it was committed is not known yet. The server is asked as soon as it answers again.',
      });

/** Why a result ends where it does, in plain words. */
export function fullNotice({ full, bytes, rowCount, problem }: Spool): Notice {
  if (problem) return { severity: 'WARNING', message: problem.message, hint: problem.facts.hint ?? '' };
  const kept = `${rowCount.toLocaleString('en')} rows (${Math.round(bytes / 1024 ** 2).toLocaleString('en')} MB)`;
  return full === 'total'
    ? {
        severity: 'WARNING',
        message: `All results together are as large as Hawser keeps them, so this one was stopped after ${kept}.`,
        hint: 'Close results that are no longer needed, then run it again.',
      }
    : {
        severity: 'WARNING',
        message: `This result is as large as Hawser keeps one, so it was stopped after ${kept}.`,
        hint: 'Select fewer rows or columns, for example with WHERE or LIMIT.',
      };
}

/** Only the first error is the run's; where it goes on after errors, the others are among its messages. */
export const errorNotice = ({ message, facts }: AppError, statement: StatementRef): Notice => ({
  severity: 'ERROR',
  message,
  statement,
  ...(facts.sqlstate === undefined ? {} : { sqlstate: facts.sqlstate }),
  ...(typeof facts.detail === 'string' ? { detail: facts.detail } : {}),
  ...(facts.hint === undefined ? {} : { hint: facts.hint }),
  ...(facts.position === undefined ? {} : { position: facts.position }),
});

export const unanswered = (): AppError =>
  new AppError('CANCELLED', 'The server did not answer in time, so its connection was closed.', {
    reason: 'cancelUnreached',
    outcome: 'none',
  });

/** A statement that did not heed its cancel goes on at the server. */
export const isUnheeded = ({ code, facts }: AppError): boolean =>
  code === 'CANCELLED' && facts.outcome === 'unknown';
