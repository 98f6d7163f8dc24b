import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReadOnlyMode } from '#shared/connection/config.ts';
import { attackObjects } from '../../test/attacks/attackObjects.ts';
import { attacks, type Attack } from '../../test/attacks/attackList.ts';
import { AttackWorld, differences, type AttackPlace } from '../../test/attacks/attackWorld.ts';
import { benignReads } from '../../test/attacks/benignReads.ts';
import { guardedLimits } from '../../test/attacks/guardedLimits.ts';
import { beyondStrict } from '../../test/attacks/hiddenAttacks.ts';
import { startPostgres, type TestServer } from '../../test/postgresServer.ts';
import { openRunStage, type RunStage } from '../../test/runStage.ts';

let server: TestServer;
let world: AttackWorld;
let place: AttackPlace;

beforeAll(async () => {
  const settings = { wal_level: 'logical', max_prepared_transactions: 5, autovacuum: 'off' };
  const preload = { shared_preload_libraries: 'pg_stat_statements', checkpoint_timeout: '1h' };
  server = await startPostgres({ settings: { ...settings, ...preload } });
  await server.query('create extension pg_stat_statements');
  await server.query(attackObjects(server));
  world = await AttackWorld.open(server);
  place = await world.place(server);
});
afterAll(async () => {
  await world.close();
  await server.close();
});

const roles = ['superuser', 'reader'] as const;
type Role = (typeof roles)[number];

const stageFor = (role: Role, readOnly: ReadOnlyMode): Promise<RunStage> => {
  const { host, port, database, username, password } = server;
  const login = role === 'superuser' ? { username, password } : { username: 'reader', password: 'reader' };
  return openRunStage({ host, port, database, ...login }, { options: { readOnly } });
};

/** What of a session outlives a statement, seen from inside its tab. */
const sessionSql = `select current_setting('work_mem') || current_setting('default_transaction_read_only')
  || current_setting('role') || (select count(*) from pg_prepared_statements) || (select count(*) from pg_cursors)
  || (select count(*) from pg_listening_channels())`;

/** Runs one attack in a tab of its own; gives what it changed. */
async function suffer(stage: RunStage, { name, text, mustFail }: Attack): Promise<string[]> {
  const params = { tabId: name, stopOnError: false };
  const before = await world.look();
  const clean = await stage.value(sessionSql, { tabId: 'clean' });
  const { ended } = await stage.run(text, params);
  // A process that was told to end takes a moment for it.
  if (/terminate/.test(text)) await new Promise((resolve) => setTimeout(resolve, 100));
  // While the tab is still as the attack left it, for its locks are gone afterwards.
  const after = await world.look();
  const found = differences(before, after);
  if (mustFail && ended.outcome === 'done') found.push('done');
  await stage.run('rollback', params);
  if ((await stage.value(sessionSql, params)) !== clean) found.push('session');
  await stage.runs.close('s', { tabId: name });
  return found;
}

/** Which attacks had an effect, with what. */
async function leaks(stage: RunStage, list: Attack[]): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const attack of list) {
    const effects = await suffer(stage, attack);
    if (effects.length > 0) found[attack.name] = effects;
  }
  return found;
}

describe.each(roles)('attacks by a %s', (role) => {
  it('have no effect at all in strict mode', { timeout: 180_000 }, async () => {
    const stage = await stageFor(role, 'strict');
    try {
      expect(attacks(place).length).toBeGreaterThanOrEqual(110);
      expect(await leaks(stage, attacks(place))).toEqual({});
    } finally {
      await stage.close();
    }
  });

  it('have in guarded mode the effects that are stated, and no others', { timeout: 180_000 }, async () => {
    const stage = await stageFor(role, 'guarded');
    try {
      const found = await leaks(stage, attacks(place));
      expect(Object.keys(found).sort()).toEqual([...guardedLimits[role]].sort());
    } finally {
      await stage.close();
    }
  });
});

/** Some of each kind that leave the server as it is otherwise. */
const sample = [
  'a plain INSERT',
  'SELECT INTO',
  'nextval',
  'NOTIFY',
  'LISTEN',
  'a setting that stays',
  'LOCK TABLE',
  'an advisory lock',
  'lo_create',
  'pg_switch_wal',
  'COPY TO a program',
  'PREPARE TRANSACTION',
  'pg_read_file',
  'a function that leaks',
];

it('attacks are seen where nothing holds them back', async () => {
  const stage = await stageFor('superuser', 'off');
  try {
    const list = attacks(place).filter(({ name }) => sample.includes(name));
    expect(Object.keys(await leaks(stage, list)).sort()).toEqual([...sample].sort());
  } finally {
    await stage.close();
    await server.query("rollback prepared 'stolen'");
    await server.query('drop table stolen');
  }
});

describe('strict mode', () => {
  it.each(beyondStrict)('does not see %s, as it says', async (name, text) => {
    const stage = await stageFor('superuser', 'strict');
    try {
      expect(Object.keys(await leaks(stage, [{ name, text }]))).toEqual([name]);
    } finally {
      await stage.close();
    }
  });

  it.each(roles)('lets a %s read what people read', async (role) => {
    const stage = await stageFor(role, 'strict');
    try {
      const refused: string[] = [];
      for (const text of benignReads) {
        const { ended } = await stage.run(text);
        if (ended.outcome !== 'done') refused.push(`${text}: ${ended.error?.message ?? ended.outcome}`);
      }
      expect(refused).toEqual([]);
    } finally {
      await stage.close();
    }
  });
});
