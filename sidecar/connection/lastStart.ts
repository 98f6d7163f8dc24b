import type { Backend } from '../postgres/backend.ts';

interface Checkpoint {
  at: string;
  /** The server took it when it started; all that its log held until then was known to it. */
  atStart: boolean;
  /** The first transaction number that was free. */
  nextXid: bigint;
}

const checkpointSql = `select checkpoint_lsn, redo_lsn, next_xid, pg_catalog.current_setting('wal_level')
  from pg_catalog.pg_control_checkpoint()`;

/** The last checkpoint as it was first seen over a control connection, in whose life the server cannot have started anew. */
const seen = new WeakMap<Backend, string>();

/** Remembers it; to be called before anything is written. Never rejects. */
export async function noteCheckpoint(control: Backend): Promise<void> {
  if (seen.has(control)) return;
  const checkpoint = await readCheckpoint(control).catch(() => undefined);
  if (checkpoint) seen.set(control, checkpoint.at);
}

export const notedCheckpoint = (control: Backend): string | undefined => seen.get(control);

/**
 * A server that crashes forgets numbers of transactions that had not reached its disk, COMMIT and all, and gives them to
 * others once it is back. Then what it says of such a number is another transaction's. `before` is what was noted.
 */
export async function forgets(
  control: Backend,
  xid: string,
  before: string | undefined,
): Promise<'no' | 'yes' | 'perhaps'> {
  const last = await readCheckpoint(control);
  if (!last) return 'perhaps';
  if (!last.atStart || last.at === before || BigInt(xid) < last.nextXid) return 'no';
  return before === undefined ? 'perhaps' : 'yes';
}

/** Undefined where the server does not tell, or where a start cannot be told from any other checkpoint. */
async function readCheckpoint(control: Backend): Promise<Checkpoint | undefined> {
  const [[at, redo, next, walLevel] = []] = await control.query(checkpointSql);
  const [, epoch, xid] = /^(\d+):(\d+)$/.exec(next ?? '') ?? [];
  if (!at || epoch === undefined || xid === undefined || walLevel === 'minimal') return undefined;
  // Any other checkpoint has something between its beginning and its end.
  return { at, atStart: at === redo, nextXid: (BigInt(epoch) << 32n) | BigInt(xid) };
}
