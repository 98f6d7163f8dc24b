import { startFaultyProxy } from '../../../sidecar/test/faultyProxy.ts';
import { beside, type Figure, type FigureTable } from '../figure.ts';
import { memoryMB } from '../memory.ts';
import { timed } from '../measure.ts';
import type { World } from '../world.ts';

const furtherConnections = 50;
/** To a server far away each way takes so long: there round trips count, and little else. */
const oneWayMs = 10;

export const connecting: FigureTable = {
  name: 'connecting',
  title: 'Connections',
  measure: async (world) => [...(await times(world)), ...(await memory(world))],
};

async function times(world: World): Promise<Figure[]> {
  const { sidecar, connectionId: id, end } = await world.sidecar();
  const connectOnce = async (): Promise<number> => {
    await sidecar.call('connection.disconnect', { id });
    return timed(() => sidecar.call('connection.connect', { id }));
  };
  const test = (port = world.server.port) => {
    const { config, secrets } = world.definition();
    return timed(() => sidecar.call('connection.test', { config: { ...config, port }, secrets }));
  };
  const far = await startFaultyProxy(world.server);
  await far.setMode({ kind: 'latency', ms: oneWayMs });
  const peer = 'a psql process';
  const theirs = () => world.psql('select 1');
  const figures = [
    await beside({ what: 'connect (pool ready)', ours: connectOnce, peer, theirs, rounds: 9 }),
    await beside({ what: 'test, all stages', ours: () => test(), peer, theirs, rounds: 9 }),
    await beside({
      what: `test, ${oneWayMs} ms away`,
      ours: () => test(far.port),
      peer,
      theirs: () => world.psql('select 1', far.port),
      rounds: 9,
    }),
  ];
  await far.close();
  await end();
  return figures;
}

async function memory(world: World): Promise<Figure[]> {
  const { sidecar, end } = await world.sidecar();
  const ids: string[] = [];
  for (let index = 0; index < furtherConnections; index += 1)
    ids.push((await sidecar.call('connection.save', world.definition(`c${index}`))).config.id);
  const before = await memoryMB(sidecar.child.pid, 'now');
  for (const id of ids) await sidecar.call('connection.connect', { id });
  const after = await memoryMB(sidecar.child.pid, 'now');
  await end();
  if (before === undefined || after === undefined) return [];
  return [
    {
      what: 'memory of each further open connection',
      value: (after - before) / furtherConnections,
      unit: 'MB',
      limit: 1,
      how: `${Math.round(before)} MB with one, ${Math.round(after)} MB with ${furtherConnections} more`,
    },
  ];
}
