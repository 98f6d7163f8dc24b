import { AppError } from '#shared/error/appError.ts';
import type { Backend } from '../../postgres/backend.ts';

type IdleBackend = Pick<Backend, 'query' | 'transactionStatus'>;

/** Settings are answered at once; a backend that takes longer than this is on a dead link. */
const settingLimitMs = 5_000;
const maxTries = 5;

/**
 * A command of our own that takes no time, and that the shortest time limit of a session may hit all the same while the
 * machine is busy: then it is sent once more. In a transaction it is not, for that has failed by then.
 */
export async function sendShort(backend: IdleBackend, text: string): Promise<(string | null)[][]> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await backend.query(text, settingLimitMs);
    } catch (error) {
      if (!isStopped(error) || backend.transactionStatus !== 'I' || tries === maxTries) throw error;
    }
  }
}

/** The time limit in force, as SHOW writes it. A look into pg_settings would take longer than the shortest one. */
export async function showTimeLimit(backend: IdleBackend): Promise<string> {
  const [[shown] = []] = await sendShort(backend, 'show statement_timeout');
  return shown ?? '0';
}

/** The one that an idle session has of its own; undefined where it is the one that it began with. */
export async function readTimeLimit(backend: IdleBackend): Promise<string | undefined> {
  const now = await showTimeLimit(backend);
  const ofStart = 'set local statement_timeout to default; show statement_timeout';
  const [[first] = []] = await sendShort(backend, ofStart);
  return now === first ? undefined : now;
}

/** The server stopped it: mostly because a time limit was over. */
export const isStopped = (error: unknown): boolean =>
  error instanceof AppError && error.facts.sqlstate === '57014';
