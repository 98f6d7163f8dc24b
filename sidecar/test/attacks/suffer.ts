import type { Attack } from './attackList.ts';
import { differences, type AttackWorld } from './attackWorld.ts';

/** Tabs of one connection, however they are reached. */
export interface AttackTabs {
  /** Runs a text to its end, over errors, and gives how it ended. */
  run: (tabId: string, text: string) => Promise<string>;
  /** The first value of a text's last result. */
  value: (tabId: string, text: string) => Promise<unknown>;
  close: (tabId: string) => Promise<unknown>;
}

/** What of a session outlives a statement, seen from inside its tab. */
const sessionSql = `select current_setting('work_mem') || current_setting('default_transaction_read_only')
  || current_setting('role') || (select count(*) from pg_prepared_statements) || (select count(*) from pg_cursors)
  || (select count(*) from pg_listening_channels())`;

/** Runs one attack in a tab of its own; gives what it changed. */
async function suffer(world: AttackWorld, tabs: AttackTabs, attack: Attack): Promise<string[]> {
  const { name, text, mustFail } = attack;
  const before = await world.look();
  const clean = await tabs.value('clean', sessionSql);
  const outcome = await tabs.run(name, text);
  // A process that was told to end takes a moment for it.
  if (/terminate/.test(text)) await new Promise((resolve) => setTimeout(resolve, 100));
  // While the tab is still as the attack left it, for its locks are gone afterwards.
  const after = await world.look();
  const found = differences(before, after);
  if (mustFail && outcome === 'done') found.push('done');
  await tabs.run(name, 'rollback');
  if ((await tabs.value(name, sessionSql)) !== clean) found.push('session');
  await tabs.close(name);
  return found;
}

/** Which attacks had an effect, with what. */
export async function leaks(
  world: AttackWorld,
  tabs: AttackTabs,
  list: Attack[],
): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const attack of list) {
    const effects = await suffer(world, tabs, attack);
    if (effects.length > 0) found[attack.name] = effects;
  }
  return found;
}

/** What a server needs so that all attacks could do what they try. */
export const attackedSettings = {
  wal_level: 'logical',
  max_prepared_transactions: 5,
  autovacuum: 'off',
  shared_preload_libraries: 'pg_stat_statements',
  checkpoint_timeout: '1h',
};
