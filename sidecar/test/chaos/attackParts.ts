import { readOnlyModes, type ReadOnlyMode } from '#shared/connection/config.ts';
import { attacks, type Attack } from '../attacks/attackList.ts';
import { attackObjects, ownedByOwner } from '../attacks/attackObjects.ts';
import { AttackWorld } from '../attacks/attackWorld.ts';
import { benignReads } from '../attacks/benignReads.ts';
import { guardedLimits } from '../attacks/guardedLimits.ts';
import { attackedSettings, leaks, type AttackTabs } from '../attacks/suffer.ts';
import { none, type Chaos, type Figure } from './figure.ts';
import { onStage, type ChaosStage } from './stage.ts';

const modes = readOnlyModes.filter((mode) => mode !== 'off');
/** At most so large a share of what people read may be refused. */
const refusedShare = 1 / 30;

/** Every attack in both modes, as the superuser and as the role that owns everything it attacks. */
export async function attackParts(chaos: Chaos): Promise<Figure[]> {
  return onStage(chaos, { direct: true, server: { settings: attackedSettings } }, async (stage) => {
    const { server } = stage;
    await server.query('create extension pg_stat_statements');
    await server.query(attackObjects(server));
    const world = await AttackWorld.open(server);
    try {
      const list = attacks(await world.place(server));
      const figures: Figure[] = [];
      for (const mode of modes) figures.push(await attacked(stage, world, list, 'superuser', mode));
      await server.query(ownedByOwner);
      for (const mode of modes) figures.push(await attacked(stage, world, list, 'owner', mode));
      return [...figures, await reads(stage)];
    } finally {
      await world.close();
    }
  });
}

async function connectAs(stage: ChaosStage, role: 'superuser' | 'owner', readOnly: ReadOnlyMode) {
  const options = { readOnly };
  const [more, password] =
    role === 'superuser' ? [{}, stage.server.password] : [{ username: 'owner' }, 'owner'];
  const id = await stage.save({ ...more, options }, password);
  await stage.sidecar.call('connection.connect', { id });
  stage.connectionId = id;
}

const tabsOf = (stage: ChaosStage): AttackTabs => ({
  run: async (tabId, text) => {
    const { params } = await stage.run(tabId, text, { stopOnError: false });
    return String(params.outcome);
  },
  value: (tabId, text) => stage.value(tabId, text),
  close: (tabId) => {
    stage.forget();
    return stage.sidecar.call('query.close', { tabId });
  },
});

async function attacked(
  stage: ChaosStage,
  world: AttackWorld,
  list: Attack[],
  role: 'superuser' | 'owner',
  mode: (typeof modes)[number],
): Promise<Figure> {
  await connectAs(stage, role, mode);
  const found = await leaks(world, tabsOf(stage), list);
  const published = mode === 'strict' ? [] : guardedLimits[role];
  const others = Object.entries(found)
    .filter(([name]) => !published.includes(name))
    .map(([name, effects]) => `${name}: ${effects.join(', ')}`);
  const of = `${list.length} attacks, beside ${Object.keys(found).length - others.length} of ${published.length} published`;
  return none(`effects of attacks, ${mode}, as ${role}`, others, of);
}

async function reads(stage: ChaosStage): Promise<Figure> {
  await connectAs(stage, 'superuser', 'strict');
  const refused: string[] = [];
  for (const text of benignReads) {
    const { params } = await stage.run('reader', text);
    if (params.outcome !== 'done') refused.push(`${text}: ${JSON.stringify(params.error)}`);
  }
  return {
    what: 'honest reads refused in strict',
    promised: 'at most 1 of 30',
    measured: `${refused.length} of ${benignReads.length}`,
    ok: refused.length <= benignReads.length * refusedShare,
    notes: refused,
  };
}
