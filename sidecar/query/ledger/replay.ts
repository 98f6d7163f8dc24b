import type { MethodParams, MethodResult } from '#shared/contract/derive.ts';
import { AppError, toEnvelope } from '#shared/error/appError.ts';
import { quoteLiteral } from '#shared/sql/literals.ts';
import { violation } from '../guard/violations.ts';
import type { HeldBackend } from '../heldBackend.ts';
import type { Ledger } from './ledger.ts';
import { keyOf, shown } from './lostItems.ts';
import type { StateItem } from '../sessionState.ts';
import type { TabSession } from '../tabSession.ts';

/** Setting a value takes no time; a backend that takes longer is on a dead link. */
const settingLimitMs = 5_000;

type Result = MethodResult<'ledger.replay'>;

/** Sets again on the tab's next backend what its last loss took: settings and roles, and nothing else. */
export function replay(
  tab: TabSession,
  ledger: Ledger,
  { connectionId, items: wanted }: MethodParams<'ledger.replay'>,
  signal: AbortSignal,
): Promise<Result> {
  return tab.perform(signal, async (acquire) => {
    if (tab.guardOn(connectionId))
      throw violation('statementKind', 'This connection is read-only: nothing is set in its sessions.', {
        hint: 'Allow writing for this connection to set it again.',
      });
    const lost = ledger.replayable(tab, connectionId);
    const keys = wanted && new Set(wanted.map(keyOf));
    const items = (lost?.items ?? []).filter((item) => !keys || keys.has(keyOf(item)));
    if (!lost || items.length === 0) return { replayed: [] };
    const held = await acquire({ connectionId, database: lost.database });
    if (held.transactionStatus !== 'I')
      throw new AppError('TRANSACTION_STATE', 'Settings are not set again inside an open transaction.', {
        hint: 'Commit it or roll it back first.',
        outcome: 'none',
      });
    if (held.backend.pooled)
      throw new AppError('TRANSACTION_STATE', 'Behind a pooler no settings are set again.', {
        hint: 'They would stay on a connection of the server that others use next.',
        outcome: 'none',
      });
    const { done, failed } = await setAll(held, inOrder(items));
    ledger.replayed(tab, connectionId, done);
    return { replayed: done.map(shown), ...(failed.length > 0 ? { failed } : {}) };
  });
}

/** One by one, so that what the server does not take keeps nothing else from coming back. */
async function setAll(
  held: HeldBackend,
  items: StateItem[],
): Promise<{ done: StateItem[]; failed: NonNullable<Result['failed']> }> {
  const done: StateItem[] = [];
  const failed: NonNullable<Result['failed']> = [];
  for (const item of items) {
    const text = setText(item);
    held.note(text);
    try {
      await held.backend.query(text, settingLimitMs);
      done.push(item);
    } catch (error) {
      if (!held.backend.alive) throw error;
      failed.push({ item: shown(item), error: toEnvelope(error) });
    }
  }
  return { done, failed };
}

/** The session's user before its role, for it takes the role with it; both last, for they may forbid settings. */
function inOrder(items: StateItem[]): StateItem[] {
  const rank = ({ kind, name }: StateItem) =>
    kind === 'setting' ? 0 : name === 'session_authorization' ? 1 : 2;
  return [...items].sort((a, b) => rank(a) - rank(b));
}

function setText({ kind, name, value }: StateItem): string {
  if (kind === 'setting')
    return `select pg_catalog.set_config(${quoteLiteral(name)}, ${quoteLiteral(value)}, false)`;
  return name === 'session_authorization'
    ? `set session authorization ${quoteLiteral(value)}`
    : `set role ${quoteLiteral(value)}`;
}
