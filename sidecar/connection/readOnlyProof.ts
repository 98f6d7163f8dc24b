import { AppError } from '#shared/error/appError.ts';
import type { Backend } from '../postgres/backend.ts';

/** Backends that have shown it. */
const proven = new WeakSet<Backend>();

/** Two short statements; a backend that takes longer is on a dead link. */
const proofLimitMs = 5_000;

/**
 * Shows by a write that must fail that this backend holds to a read-only transaction. A pooler or a server that only looks
 * like PostgreSQL may take BEGIN READ ONLY and forget it; then nothing may run there that the user believes to be harmless.
 * Leaves nothing behind, also where the write went through. Rejects with READ_ONLY_VIOLATION, or as `Backend.query` does.
 */
export async function proveReadOnly(backend: Backend): Promise<void> {
  if (proven.has(backend)) return;
  const refusal = await backend.query(writeSql, proofLimitMs).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!backend.alive) throw refusal;
  await backend.query('rollback', proofLimitMs);
  if (!(refusal instanceof AppError) || refusal.facts.sqlstate !== '25006') throw unprotected(refusal);
  proven.add(backend);
}

/** Refused for everybody in a read-only transaction, before anybody's rights are looked at. */
const writeSql = 'begin read only; create temporary table hawser_read_only_proof ()';

const unprotected = (cause: unknown): AppError =>
  new AppError('READ_ONLY_VIOLATION', 'This server does not keep a transaction read-only.', {
    reason: 'selfTest',
    detail: cause instanceof Error ? cause.message : 'A write inside BEGIN READ ONLY went through.',
    hint: 'Something between here and the server may be in the way, for example a pooler. Turn read-only off to connect all the same.',
    retry: 'user',
    outcome: 'none',
    cause,
  });
