import type { ConnectionConfig } from '#shared/connection/config.ts';
import { AppError } from '#shared/error/appError.ts';
import type { Backend } from '../postgres/backend.ts';
import { classify } from '../postgres/linkErrors.ts';

/** Runs the start-up SQL of a connection, where it has some, on a new backend. Rejects with what is wrong with it. */
export async function runStartupSql(
  backend: Backend,
  { startupSql, connectTimeoutSec }: ConnectionConfig['options'],
): Promise<void> {
  if (!startupSql) return;
  const limitMs = connectTimeoutSec * 1_000;
  const from = performance.now();
  try {
    await backend.query(startupSql, limitMs);
  } catch (error) {
    // By a dead link or by what the text waits for: once it was connected, trying again may help.
    if (performance.now() - from >= limitMs)
      throw wrong('TIMEOUT', `did not end within ${limitMs / 1_000} s`);
    if (!backend.alive) throw error;
    throw wrong('INVALID_CONFIG', 'failed', classify(error, backend.target));
  }
  if (backend.transactionStatus !== 'I') throw wrong('INVALID_CONFIG', 'leaves a transaction open');
}

const wrong = (code: 'INVALID_CONFIG' | 'TIMEOUT', why: string, cause?: AppError): AppError =>
  new AppError(code, `The start-up SQL of this connection ${why}.`, {
    issues: [{ path: 'options.startupSql', message: `It ${why}` }],
    detail: cause?.message,
    sqlstate: cause?.facts.sqlstate,
    stage: 'session',
    actions: [{ id: 'edit', label: 'Edit connection' }],
    cause,
  });
