import type { UnknownReason } from '#shared/query/ledger.ts';
import { delay } from '../lib/deadline.ts';
import type { Backend } from '../postgres/backend.ts';
import { forgets } from './lastStart.ts';
import { readIdentity, type ServerIdentity } from './readIdentity.ts';

/** A COMMIT whose answer never came. */
export interface LostCommit {
  /** The transaction's number; undefined where it had written nothing. */
  xid: string | undefined;
  /** The server that it was sent to. */
  identity: ServerIdentity;
  /** As `noteCheckpoint` noted it before. */
  checkpoint?: string | undefined;
}

export type CommitVerdict =
  { outcome: 'committed' | 'rolledBack' } | { outcome: 'unknown'; reason: UnknownReason };

/** A backend that has not heard of the loss is ended, a server that is too busy to answer is asked again, until then. */
const askLimitMs = 5_000;
const askAgainMs = 250;

/**
 * What became of a COMMIT, asked over the control connection. Never guessed: only the server that it was sent to, on the
 * same timeline and not in recovery, can know, for elsewhere the same number may be another transaction's. Rejects where
 * the control connection is lost meanwhile or `signal` aborts; then it can be asked again.
 */
export async function judgeCommit(
  control: Backend,
  lost: LostCommit,
  signal: AbortSignal,
): Promise<CommitVerdict> {
  const { xid, identity } = lost;
  if (xid === undefined) return unknown('nothingWritten');
  if (identity.systemIdentifier === undefined || identity.timeline === undefined)
    return unknown('identityUnknown');
  const until = performance.now() + askLimitMs;
  for (;;) {
    signal.throwIfAborted();
    const answer = await ask(control, { ...lost, xid });
    if (!('again' in answer)) return answer;
    if (performance.now() > until) return unknown(answer.again);
    await delay(askAgainMs, signal);
  }
}

/** The verdict, or why there is none yet. */
async function ask(
  control: Backend,
  { xid, identity, checkpoint }: LostCommit & { xid: string },
): Promise<CommitVerdict | { again: UnknownReason }> {
  const [[inRecovery] = []] = (await lenient(control, () => control.query(recoverySql))) ?? [];
  if (inRecovery === undefined) return { again: 'notKnown' };
  if (inRecovery !== 'f') return unknown('inRecovery');
  const now = await readIdentity(control);
  if (now.systemIdentifier === undefined) return { again: 'identityUnknown' };
  if (now.systemIdentifier !== identity.systemIdentifier || now.timeline !== identity.timeline)
    return unknown('identityChanged');
  const forgotten = await lenient(control, () => forgets(control, xid, checkpoint));
  // Of a COMMIT that was kept its number would be known.
  if (forgotten === 'yes') return { outcome: 'rolledBack' };
  if (forgotten !== 'no') return { again: 'notKnown' };
  const status = await lenient(control, () => readStatus(control, xid));
  if (status === 'committed') return { outcome: 'committed' };
  if (status === 'aborted') return { outcome: 'rolledBack' };
  // Too long ago.
  if (status === null) return unknown('notKnown');
  if (status === undefined) return { again: 'notKnown' };
  await lenient(control, () => control.query(endSql(xid)));
  return { again: 'inProgress' };
}

const recoverySql = 'select pg_catalog.pg_is_in_recovery()';

/** Rejects where the server never gave such a number. */
async function readStatus(control: Backend, xid: string): Promise<string | null | undefined> {
  const version = Number.parseInt(control.parameters.get('server_version') ?? '', 10);
  const text =
    version < 13
      ? `select pg_catalog.txid_status('${xid}'::pg_catalog.int8)`
      : `select pg_catalog.pg_xact_status('${xid}'::pg_catalog.xid8)`;
  return (await control.query(text))[0]?.[0];
}

/**
 * Our old backend may wait for words that will never come, with its transaction open. It is known by that transaction, not
 * by its process id, which the system may have given to somebody else meanwhile.
 */
const endSql = (xid: string): string => `select pg_catalog.pg_terminate_backend(pid)
  from pg_catalog.pg_stat_activity
  where backend_xid operator(pg_catalog.=) '${BigInt.asUintN(32, BigInt(xid))}'::pg_catalog.xid`;

/** A refusal of the server's is no answer; a lost link rejects. */
async function lenient<T>(control: Backend, query: () => Promise<T>): Promise<T | undefined> {
  try {
    return await query();
  } catch (error) {
    if (!control.alive) throw error;
    return undefined;
  }
}

const unknown = (reason: UnknownReason): CommitVerdict => ({ outcome: 'unknown', reason });
