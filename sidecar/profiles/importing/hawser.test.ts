import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDataFolder, type DataFolder } from '../../storage/dataFolder.ts';
import { Profiles } from '../profiles.ts';
import { exportText } from './exportText.ts';
import { parseJson, type Fields } from './fields.ts';
import { readHawser } from './readHawser.ts';

let base: string;
let folder: DataFolder;
let profiles: Profiles;

beforeEach(async () => {
  base = mkdtempSync(join(tmpdir(), 'hawser-export-'));
  folder = await openDataFolder(base);
  writeFileSync(folder.paths.connections, '{"version":1,"connections":[],"groups":[]}');
  profiles = await Profiles.open(folder);
});
afterEach(async () => {
  await profiles.close();
  await folder.close();
  rmSync(base, { recursive: true, force: true });
});

/** What is there, without ids and times. */
function portableList() {
  const { connections, groups } = profiles.list();
  const nameOf = (id: string | undefined) => groups.find((group) => group.id === id)?.name;
  return {
    connections: connections
      .toSorted(byName)
      .map(({ id: _, groupId, createdAt: _c, updatedAt: _u, ...config }) => ({
        ...config,
        group: nameOf(groupId),
        ...(config.ssh && {
          ssh: { ...config.ssh, hops: config.ssh.hops.map(({ id: _hop, ...hop }) => hop) },
        }),
      })),
    groups: groups
      .toSorted(byName)
      .map(({ id: _, parentId, ...group }) => ({ ...group, parent: nameOf(parentId) })),
  };
}

const byName = (one: { name: string }, other: { name: string }) => (one.name < other.name ? -1 : 1);

async function importText(text: string): Promise<string[]> {
  const { found, groups } = readHawser(parseJson(text) as Fields);
  const created = await profiles.import(found, groups);
  return created.map(({ config }) => config.name);
}

async function makeSome(): Promise<void> {
  const production = await profiles.saveGroup({
    name: 'Production',
    sortOrder: 0,
    color: '#aa0000',
    expanded: false,
  });
  const europe = await profiles.saveGroup({
    name: 'Europe',
    parentId: production.id,
    sortOrder: 0,
    expanded: true,
  });
  await profiles.saveGroup({ name: 'Empty', sortOrder: 0, expanded: true });
  await profiles.save({ name: 'top', host: '/var/run/postgresql' });
  const billing = await profiles.save({
    name: 'billing',
    groupId: europe.id,
    color: '#00aa00',
    environment: 'production',
    host: 'h1:5433,h2',
    targetSessionAttrs: 'primary',
    credential: { source: 'command', command: ['pass', 'show'] },
    tls: { mode: 'verify-full', serverName: 'db', pinnedSpkiSha256: 'abc' },
    ssh: { enabled: true, hops: [{ host: 'b', username: 'j', auth: 'agent' }] },
    options: { readOnly: 'guarded', startupSql: 'set x = 1', reconnect: { enabled: false } },
  });
  await profiles.save({ name: 'reports', groupId: production.id });
  await profiles.save({ name: 'sample', mode: 'embedded' });
  profiles.record(billing.id, {
    lastConnectedAt: 1,
    lastError: { code: 'TIMEOUT', message: 'm', retry: 'user', actions: [] },
  });
}

describe('definitions that are exported', () => {
  it('are the same after an import into an empty store, but for ids, times and the built-in server', async () => {
    await makeSome();
    const { text, count } = exportText(profiles.list());
    expect(count).toBe(3);
    for (const word of ['lastError', 'lastConnectedAt', 'TIMEOUT', 'createdAt', base, 'embedded', 'Empty'])
      expect(text).not.toContain(word);
    const before = portableList();
    for (const { id } of profiles.list().connections) await profiles.delete(id);
    for (const { id } of profiles.list().groups) await profiles.deleteGroup(id);
    expect(await importText(text)).toEqual(['top', 'reports', 'billing']);
    const after = portableList();
    const known = before.connections
      .filter(({ mode }) => mode !== 'embedded')
      .map(({ lastConnectedAt: _, lastError: __, ...config }) => config);
    expect(after.connections).toEqual(
      known.map((config) => ({ ...config, sortOrder: expect.any(Number) as number })),
    );
    expect(after.groups).toEqual(before.groups.filter(({ name }) => name !== 'Empty'));
  });

  it('may be some of them, with the groups of these alone', async () => {
    await makeSome();
    const top = profiles.list().connections.find(({ name }) => name === 'top');
    const { text, count } = exportText(profiles.list(), [top?.id ?? '']);
    expect([count, parseJson(text)]).toMatchObject([1, { groups: [], connections: [{ name: 'top' }] }]);
  });
});

describe('an import', () => {
  it('changes nothing that is there: a taken name gets a number, a group of the name is used', async () => {
    await makeSome();
    const { text } = exportText(profiles.list());
    const before = profiles.list();
    expect(await importText(text)).toEqual(['top (2)', 'reports (2)', 'billing (2)']);
    const after = profiles.list();
    expect(after.groups).toEqual(before.groups);
    expect(after.connections).toEqual(expect.arrayContaining(before.connections));
    expect(after.connections).toHaveLength(before.connections.length + 3);
  });

  it('makes nothing where one is wrong, and says which and what', async () => {
    const items = [
      { config: { name: 'good' }, group: [] },
      { config: { name: 'bad', port: 0, password: 'hunter2' }, group: ['G'] },
    ];
    await expect(profiles.import(items, [])).rejects.toMatchObject({
      code: 'INVALID_CONFIG',
      facts: { issues: [{ path: 'items.1.port' }, { path: 'items.1.password' }] },
    });
    expect(profiles.list()).toEqual({ connections: [], groups: [] });
  });

  it('gives no place, id or past to what comes from elsewhere', async () => {
    const config = { id: 'x', groupId: 'y', sortOrder: 9, lastConnectedAt: 5, name: 'a' };
    const [made] = (await profiles.import([{ config, group: [] }], [])).map((each) => each.config);
    expect(made).toMatchObject({ name: 'a', sortOrder: 0 });
    expect(made).not.toHaveProperty('groupId');
    expect(made).not.toHaveProperty('lastConnectedAt');
    expect(made?.id).not.toBe('x');
  });

  it('takes files that are not on this computer', async () => {
    const config = { name: 'a', tls: { mode: 'verify-ca', caFile: '/nowhere/ca.pem' } };
    expect(await profiles.import([{ config, group: [] }], [])).toHaveLength(1);
  });

  it('of a newer or damaged file is refused', () => {
    for (const file of [
      { version: 2, connections: [] },
      { version: 1 },
      { version: 'x', connections: [] },
      {},
    ])
      expect(() => readHawser({ format: 'hawser-connections', ...file })).toThrow(
        expect.objectContaining({ code: 'IMPORT_UNREADABLE' }),
      );
  });
});
