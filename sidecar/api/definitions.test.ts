import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { protocolVersion } from '#shared/contract/protocol.ts';
import { SidecarProcess } from '../test/sidecarProcess.ts';
import { tempFolder } from '../test/tempFolder.ts';

let folder: Awaited<ReturnType<typeof tempFolder>>;
let sidecar: SidecarProcess;
let home: string;

const put = (name: string, text: string): string => {
  const file = path.join(home, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text, { mode: 0o600 });
  return file;
};
const dbeaverFile = '.local/share/DBeaverData/workspace6/General/.dbeaver/data-sources.json';

beforeAll(async () => {
  folder = await tempFolder();
  home = path.join(folder.path, 'home');
  put('.pgpass', 'db.example:5432:bills:app:hunter2\n*:*:*:*:hunter2\n');
  put(
    dbeaverFile,
    JSON.stringify({
      folders: {},
      connections: {
        a: { provider: 'postgresql', name: 'shop', configuration: { host: 'shop.example', user: 'ana' } },
        b: { provider: 'mysql', name: 'other', configuration: { host: 'm' } },
      },
    }),
  );
  put('.dbgate/connections.jsonl', 'damaged');
  put('.pg_service.conf', '[billing]\nhost=db.example\nuser=app\npassword=hunter2\n');
  const env = {
    HOME: home,
    XDG_DATA_HOME: '',
    PGPASSFILE: '',
    PGSERVICEFILE: '',
    PGHOST: 'env.example',
    PGUSER: 'me',
    PGPASSWORD: 'hunter2',
    PGSYSCONFDIR: path.join(home, 'etc'),
  };
  sidecar = new SidecarProcess(path.join(folder.path, 'data'), { env });
  await sidecar.call('session.attach', { protocolVersion, windowId: 'w' });
});
afterAll(async () => {
  await sidecar.end();
  await folder.remove();
});

describe('definitions of other programs, over the wire', () => {
  it('are found at their usual places, with why one cannot be read', async () => {
    const { sources } = await sidecar.call('definitions.scan', {});
    expect(sources).toEqual([
      { source: 'environment', count: 1 },
      { source: 'service', path: path.join(home, '.pg_service.conf'), count: 1 },
      { source: 'pgpass', path: path.join(home, '.pgpass'), count: 1 },
      { source: 'dbeaver', path: path.join(home, dbeaverFile), count: 1 },
      {
        source: 'dbgate',
        path: path.join(home, '.dbgate/connections.jsonl'),
        count: 0,
        problem: 'No connections of DbGate are in this file.',
      },
    ]);
  });

  it('are shown, chosen, imported with one change each, and known as there afterwards', async () => {
    const file = path.join(home, dbeaverFile);
    const preview = await sidecar.call('definitions.preview', { path: file });
    expect(preview).toMatchObject({
      source: 'dbeaver',
      items: [{ config: { name: 'shop', host: 'shop.example', username: 'ana' }, group: [] }],
      leftOut: [{ name: 'other' }],
    });
    const items = preview.items.map(({ config }) => ({ config, group: ['From DBeaver', 'Shop'] }));
    const { ids } = await sidecar.call('definitions.import', { items });
    const { connections, groups } = await sidecar.call('connection.list', {});
    const made = connections.find(({ config }) => config.id === ids[0])?.config;
    expect(made).toMatchObject({ name: 'shop', host: 'shop.example', tls: { mode: 'prefer' } });
    expect(groups.find(({ id }) => id === made?.groupId)).toMatchObject({ name: 'Shop' });
    const told = sidecar.notifications.filter(({ method }) => method === 'connection.changed');
    expect(told.map(({ params }) => params.id)).toEqual(ids);
    const again = await sidecar.call('definitions.preview', { path: file });
    expect(again.items[0]?.duplicateOf).toBe(ids[0]);
  });

  it('keep a password that was found in memory, and take it only from whoever gives its handle', async () => {
    const preview = await sidecar.call('definitions.preview', { path: path.join(home, '.pg_service.conf') });
    expect(JSON.stringify(preview)).not.toContain('hunter2');
    const [item] = preview.items;
    expect(item?.provenance).toMatchObject({
      'secrets.password': 'password in [billing] of .pg_service.conf',
    });
    const config = { ...item?.config, credential: { source: 'session' } };
    const secrets = { ref: item?.secretRef };
    await expect(
      sidecar.call('definitions.import', { items: [{ config, secrets: { ref: 'nobody' } }] }),
    ).rejects.toMatchObject({ code: 'INVALID_CONFIG' });
    const { ids } = await sidecar.call('definitions.import', { items: [{ config, secrets }] });
    const { text } = await sidecar.call('definitions.export', { ids });
    expect(text).toContain('billing');
    expect(text).not.toContain('hunter2');
  });

  it('may be the PG variables that it was started with', async () => {
    const preview = await sidecar.call('definitions.preview', { source: 'environment' });
    expect(preview.items[0]).toMatchObject({
      config: { host: 'env.example', username: 'me' },
      provenance: { host: 'PGHOST in the environment', 'secrets.password': 'PGPASSWORD in the environment' },
    });
    expect(JSON.stringify(preview)).not.toContain('hunter2');
  });

  it('are read from a text that the window has read, and told by what it holds', async () => {
    const preview = await sidecar.call('definitions.preview', {
      text: '{"Servers":{"1":{"Name":"x","Host":"h","Username":"u"}}}',
    });
    expect(preview).toMatchObject({ source: 'pgadmin', items: [{ config: { name: 'x' } }] });
  });

  it('that would run something are said to', async () => {
    const config = {
      name: 'x',
      credential: { source: 'command', command: ['rm', '-rf', '/'] },
      options: { startupSql: 'drop table t' },
    };
    const text = JSON.stringify({ format: 'hawser-connections', version: 1, connections: [config] });
    const { items } = await sidecar.call('definitions.preview', { text });
    expect(items[0]?.runs).toEqual([
      'The program for its password: rm -rf /',
      'SQL at each connect: drop table t',
    ]);
  });

  it('go out without what is of this computer and come back', async () => {
    const { text, count } = await sidecar.call('definitions.export', {});
    expect(count).toBe(2);
    const preview = await sidecar.call('definitions.preview', { text });
    expect(preview).toMatchObject({
      source: 'hawser',
      groups: [{ path: ['From DBeaver'] }, { path: ['From DBeaver', 'Shop'] }],
    });
    expect(preview.items.map(({ duplicateOf }) => duplicateOf)).not.toContain(undefined);
  });

  it.each([
    ['is not there', () => path.join(home, 'nothing'), 'FILE_NOT_FOUND'],
    ['is a folder', () => home, 'IMPORT_UNREADABLE'],
    ['is a device', () => '/dev/zero', 'IMPORT_UNREADABLE'],
    [
      'is too large',
      () => put('large.json', `{"Servers":{}}${' '.repeat(4 * 1024 * 1024)}`),
      'IMPORT_UNREADABLE',
    ],
    ['is of nothing known', () => put('notes.txt', 'hello'), 'IMPORT_UNREADABLE'],
  ])('from a file that %s are refused in words', async (_, file, code) => {
    await expect(sidecar.call('definitions.preview', { path: file() })).rejects.toMatchObject({ code });
  });

  it('more than are offered at once are counted', async () => {
    const servers = Array.from({ length: 1_200 }, (_, index) => [
      index,
      { Name: `s${index}`, Host: 'h', Username: 'u' },
    ]);
    const text = JSON.stringify({ Servers: Object.fromEntries(servers) as object });
    const preview = await sidecar.call('definitions.preview', { text });
    expect(preview.items).toHaveLength(1_000);
    expect(preview.warnings.join()).toContain('200 more');
    const items = preview.items.map(({ config, group }) => ({ config, group }));
    const { ids } = await sidecar.call('definitions.import', { items });
    expect(new Set(ids).size).toBe(1_000);
  });
});
