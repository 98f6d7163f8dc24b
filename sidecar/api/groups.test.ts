import { afterAll, beforeAll, expect, it } from 'vitest';
import { protocolVersion } from '#shared/contract/protocol.ts';
import { SidecarProcess } from '../test/sidecarProcess.ts';
import { tempFolder } from '../test/tempFolder.ts';

let folder: Awaited<ReturnType<typeof tempFolder>>;
let sidecar: SidecarProcess;

beforeAll(async () => {
  folder = await tempFolder();
  sidecar = new SidecarProcess(folder.path);
  await sidecar.call('session.attach', { protocolVersion, windowId: 'w' });
});
afterAll(async () => {
  await sidecar.end();
  await folder.remove();
});

it('moves one connection, or one group with what it holds, to a place among its kind', async () => {
  const named = async (name: string) => {
    const { config } = await sidecar.call('connection.save', { config: { name } });
    return config.id;
  };
  const grouped = async (name: string) => {
    const { group } = await sidecar.call('group.save', { group: { name, sortOrder: 0, expanded: true } });
    return group.id;
  };
  const [first, second] = [await named('first'), await named('second')];
  const [outer, inner] = [await grouped('outer'), await grouped('inner')];

  await sidecar.call('connection.move', { id: first, groupId: inner, index: 0 });
  await sidecar.call('connection.move', { id: second, groupId: inner, index: 0 });
  await sidecar.call('group.move', { id: inner, parentId: outer, index: 0 });

  const { connections, groups } = await sidecar.call('connection.list', {});
  const held = connections
    .map(({ config }) => config)
    .filter(({ groupId }) => groupId === inner)
    .sort((a, b) => (a.sortOrder ?? 0) - (b.sortOrder ?? 0));
  expect(held.map(({ name }) => name)).toEqual(['second', 'first']);
  expect(groups.find(({ id }) => id === inner)?.parentId).toBe(outer);
  await expect(sidecar.call('group.move', { id: outer, parentId: inner, index: 0 })).rejects.toMatchObject({
    code: 'INVALID_CONFIG',
  });
});
