import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReadOnlyMode } from '#shared/connection/config.ts';
import { attackObjects } from '../../test/attacks/attackObjects.ts';
import { attacks, type Attack } from '../../test/attacks/attackList.ts';
import { AttackWorld, type AttackPlace } from '../../test/attacks/attackWorld.ts';
import { benignReads } from '../../test/attacks/benignReads.ts';
import { guardedLimits } from '../../test/attacks/guardedLimits.ts';
import { beyondStrict } from '../../test/attacks/hiddenAttacks.ts';
import { attackedSettings, leaks as sufferAll, type AttackTabs } from '../../test/attacks/suffer.ts';
import { startPostgres, type TestServer } from '../../test/postgresServer.ts';
import { openRunStage, type RunStage } from '../../test/runStage.ts';

let server: TestServer;
let world: AttackWorld;
let place: AttackPlace;

beforeAll(async () => {
  server = await startPostgres({ settings: attackedSettings });
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

/** The tabs of a stage, as the attacks use them. */
const tabsOf = (stage: RunStage): AttackTabs => ({
  run: async (tabId, text) => (await stage.run(text, { tabId, stopOnError: false })).ended.outcome,
  value: (tabId, text) => stage.value(text, { tabId }),
  close: (tabId) => stage.runs.close('s', { tabId }),
});

/** Which attacks had an effect, with what. */
const leaks = (stage: RunStage, list: Attack[]) => sufferAll(world, tabsOf(stage), list);

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
