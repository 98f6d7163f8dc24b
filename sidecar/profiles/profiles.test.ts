import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectionConfig } from '#shared/connection/config.ts';
import { type AppError } from '#shared/error/appError.ts';
import { openDataFolder, type DataFolder } from '../storage/dataFolder.ts';
import { Profiles, type ProfileEvent } from './profiles.ts';

let base: string;
let folder: DataFolder;
let profiles: Profiles;
let events: ProfileEvent[];
let now: number;
const clock = { now: () => now, monotonic: () => performance.now(), after: delayed };

function delayed(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}

async function open(): Promise<void> {
  profiles = await Profiles.open(folder, { clock });
  events = [];
  profiles.events.on((event) => events.push(event));
}

beforeEach(async () => {
  base = mkdtempSync(join(tmpdir(), 'hawser-profiles-'));
  folder = await openDataFolder(base);
  writeFileSync(folder.paths.connections, '{"version":1,"connections":[],"groups":[]}');
  now = 1_000;
  await open();
});
afterEach(async () => {
  await profiles.close();
  await folder.close();
  rmSync(base, { recursive: true, force: true });
});

const reopen = async (): Promise<void> => {
  await profiles.close();
  await open();
};
const group = (name: string, parentId?: string) =>
  profiles.saveGroup({ name, sortOrder: 0, expanded: true, ...(parentId !== undefined && { parentId }) });
const issuesOf = (work: () => unknown): Promise<string[]> =>
  Promise.resolve()
    .then(work)
    .then(
      () => [],
      (error: unknown) => {
        expect(error).toMatchObject({ code: 'INVALID_CONFIG' });
        return ((error as AppError).facts.issues ?? []).map(({ path }) => path).sort();
      },
    );
const namesIn = (groupId?: string): string[] =>
  profiles
    .list()
    .connections.filter((config) => config.groupId === groupId)
    .map(({ name }) => name);

describe('a new data folder', () => {
  it('shows the sample, which stays away once it is deleted', async () => {
    await profiles.close();
    rmSync(folder.paths.connections);
    rmSync(`${folder.paths.connections}.bak`, { force: true });
    await open();
    const { connections, groups } = profiles.list();
    expect(groups).toMatchObject([{ name: 'Getting started', expanded: true }]);
    expect(connections).toMatchObject([
      {
        name: 'Sample shop (embedded)',
        groupId: groups[0]?.id,
        mode: 'embedded',
        host: '127.0.0.1',
        database: 'shop',
        username: 'postgres',
        credential: { source: 'none' },
        tls: { mode: 'disable' },
      },
    ]);
    await reopen();
    expect(profiles.list()).toEqual({ connections, groups });

    await profiles.delete(connections[0]?.id ?? '');
    await profiles.deleteGroup(groups[0]?.id ?? '');
    await reopen();
    expect(profiles.list()).toEqual({ connections: [], groups: [] });
  });

  it('is none where the file was damaged: then there is no sample', async () => {
    await profiles.close();
    writeFileSync(folder.paths.connections, 'bad');
    rmSync(`${folder.paths.connections}.bak`, { force: true });
    await open();
    expect(profiles.list()).toEqual({ connections: [], groups: [] });
    expect(folder.problems.list()).toMatchObject([{ code: 'STORE_RECOVERED' }]);
  });
});

describe('saving a connection', () => {
  it('makes one with an id and times, tells it, and has it on disk when it resolves', async () => {
    const saved = await profiles.save({ name: ' billing ', host: 'db.example' });
    expect(saved).toMatchObject({ name: 'billing', createdAt: 1_000, updatedAt: 1_000, sortOrder: 0 });
    expect(events).toEqual([{ kind: 'connection', id: saved.id, config: saved }]);
    expect(profiles.get(saved.id)).toEqual(saved);
    const stored = JSON.parse(readFileSync(folder.paths.connections, 'utf8')) as { connections: unknown[] };
    expect(stored.connections).toEqual([saved]);
  });

  it('keeps every field, through a restart too', async () => {
    const key = join(base, 'key');
    writeFileSync(key, '');
    const inGroup = await group('g');
    const full = {
      name: 'all',
      color: '#aabbcc',
      environment: 'production',
      groupId: inGroup.id,
      sortOrder: 3,
      engine: 'postgres',
      mode: 'server',
      host: 'h1:5433,h2',
      hostaddr: '10.0.0.1,10.0.0.2',
      port: 6000,
      database: 'd',
      username: 'u',
      targetSessionAttrs: 'primary',
      credential: {
        source: 'command',
        command: ['pass', 'db'],
        commandTimeoutSec: 5,
        commandLifetimeSec: 60,
      },
      tls: {
        mode: 'verify-ca',
        caFile: key,
        certFile: key,
        keyFile: key,
        serverName: 's',
        pinnedSpkiSha256: 'p',
      },
      ssh: {
        enabled: true,
        hops: [
          {
            id: 'h',
            host: 'b',
            port: 2222,
            username: 'j',
            auth: 'key',
            keyFile: key,
            credential: { source: 'prompt' },
          },
        ],
        useSshConfig: false,
      },
      options: {
        connectTimeoutSec: 20,
        statementTimeoutMs: 1,
        lockTimeoutMs: 2,
        idleInTransactionTimeoutMs: 3,
        applicationName: 'app',
        readOnly: 'strict',
        keepaliveIntervalSec: 30,
        heartbeatIntervalMs: 0,
        heartbeatDeadlineMs: 500,
        maxPoolSize: 5,
        poolWaitMs: 100,
        role: 'r',
        searchPath: 'a, b',
        timeZone: 'UTC',
        startupSql: 'select 1',
        autoCommit: false,
        reconnect: {
          enabled: false,
          initialDelayMs: 1,
          factor: 3,
          maxDelayMs: 4,
          lateMaxDelayMs: 5,
          maxAttempts: 6,
          replay: 'auto',
        },
      },
    };
    const saved = await profiles.save(full);
    const { id, createdAt, updatedAt, ...rest } = saved;
    expect(rest).toEqual(full);
    await reopen();
    expect(profiles.get(saved.id)).toEqual({ ...full, id, createdAt, updatedAt });
  });

  it('changes the one whose id is given, and keeps when it was made and what happened to it', async () => {
    const first = await profiles.save({ name: 'a' });
    profiles.record(first.id, { lastConnectedAt: 1_500 });
    now = 2_000;
    const second = await profiles.save({
      ...first,
      name: 'b',
      createdAt: 7,
      updatedAt: 7,
      lastConnectedAt: 7,
    });
    expect(second).toEqual({ ...first, name: 'b', updatedAt: 2_000, lastConnectedAt: 1_500 });
    expect(profiles.list().connections).toEqual([second]);
  });

  it('takes no facts of life from a form for a new one', async () => {
    const lastError = { code: 'TIMEOUT', message: '', retry: 'user', actions: [] };
    const saved = await profiles.save({ name: 'a', createdAt: 7, lastConnectedAt: 7, lastError });
    expect(saved).toMatchObject({ createdAt: 1_000 });
    expect(Object.keys(saved)).not.toContain('lastConnectedAt');
    expect(Object.keys(saved)).not.toContain('lastError');
  });

  it('of an id that is not there is refused', async () => {
    const id = '00000000-0000-4000-8000-000000000000';
    await expect(profiles.save({ id, name: 'a' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(profiles.list().connections).toEqual([]);
  });

  it('names every wrong field at once: of the form, of the disk, of the group, of the secrets', async () => {
    mkdirSync(join(base, 'dir'));
    await profiles.save({ name: 'Billing' });
    const hop = { host: '', username: 'u', auth: 'key', keyFile: join(base, 'nokey') };
    const wrong = {
      name: ' bILLING ',
      port: 0,
      more: 1,
      tls: {
        mode: 'verify-full',
        caFile: join(base, 'none'),
        certFile: join(base, 'dir'),
        keyFile: 'rel.key',
      },
      ssh: { enabled: true, hops: [hop] },
    };
    const names = ['more', 'name', 'port', 'ssh.hops.0.host', 'ssh.hops.0.keyFile'];
    const files = ['tls.caFile', 'tls.certFile', 'tls.keyFile'];
    expect(await issuesOf(() => profiles.save(wrong, { password: 7, pin: 'x' }))).toEqual(
      [...names, ...files, 'secrets.password', 'secrets.pin'].sort(),
    );
    expect(await issuesOf(() => profiles.save({ name: 'b', groupId: 'gone' }))).toEqual(['groupId']);
    expect(namesIn()).toEqual(['Billing']);
  });

  it('finds files below the home folder by ~, and asks for none of hops that are switched off', async () => {
    const home = mkdtempSync(join(homedir(), '.hawser-test-'));
    try {
      writeFileSync(join(home, 'ca.pem'), '');
      const typed = join(home, 'ca.pem').replace(homedir(), '~');
      expect(
        await issuesOf(() => profiles.save({ name: 'a', tls: { mode: 'verify-ca', caFile: typed } })),
      ).toEqual([]);
    } finally {
      rmSync(home, { recursive: true });
    }
    const hops = [{ host: 'h', username: 'u', auth: 'key', keyFile: '/no/such/key' }];
    expect(await issuesOf(() => profiles.save({ name: 'b', ssh: { enabled: false, hops } }))).toEqual([]);
    expect(await issuesOf(() => profiles.save({ name: 'c', ssh: { enabled: true, hops } }))).toEqual([
      'ssh.hops.0.keyFile',
    ]);
  });

  it('needs a name of its own within its group only', async () => {
    const { id } = await group('g');
    const first = await profiles.save({ name: 'a' });
    expect(await issuesOf(() => profiles.save({ name: 'A' }))).toEqual(['name']);
    expect(await issuesOf(() => profiles.save({ name: 'A', groupId: id }))).toEqual([]);
    expect(await issuesOf(() => profiles.save({ ...first, groupId: id }))).toEqual(['name']);
    expect(await issuesOf(() => profiles.save({ ...first, name: ' A ' }))).toEqual([]);
  });

  it('says that a kept password is stale only where it would go to somebody else', async () => {
    const hop = { id: 'h', host: 'bastion', username: 'j', auth: 'agent' };
    const first = await profiles.save({ name: 'a', host: 'db', ssh: { enabled: true, hops: [hop] } });
    const stale = async (change: Partial<ConnectionConfig>) => {
      await profiles.save(first);
      await profiles.save({ ...first, ...change });
      const last = events.at(-1);
      return last?.kind === 'connection' ? (last.stale ?? []) : undefined;
    };
    const withHop = (change: object) => ({ ...first.ssh, hops: [{ ...first.ssh?.hops[0], ...change }] });
    expect(await stale({ host: 'evil' })).toEqual(['password']);
    expect(await stale({ hostaddr: '10.0.0.1' })).toEqual(['password']);
    expect(await stale({ username: 'other' })).toEqual(['password']);
    expect(await stale({ ssh: withHop({ host: 'evil' }) as ConnectionConfig['ssh'] })).toEqual(['ssh:h']);
    expect(await stale({ ssh: withHop({ username: 'other' }) as ConnectionConfig['ssh'] })).toEqual([
      'ssh:h',
    ]);
    expect(await stale({ name: 'b', port: 6000, database: 'x' })).toEqual([]);
    expect(await stale({ ssh: withHop({ port: 2222 }) as ConnectionConfig['ssh'] })).toEqual([]);
  });
});

describe('checking a draft', () => {
  it('needs neither name nor place, but right fields and files', async () => {
    await profiles.save({ name: 'a' });
    const { config, secrets } = profiles.validate(
      { name: 'a', groupId: 'gone' },
      { password: 'p' },
      { draft: true },
    );
    expect([config.name, secrets]).toEqual(['a', { password: 'p' }]);
    expect(profiles.validate({}, undefined, { draft: true }).config.host).toBe('localhost');
    expect(
      await issuesOf(() =>
        profiles.validate({ port: 0, tls: { mode: 'prefer', caFile: '/no/ca' } }, {}, { draft: true }),
      ),
    ).toEqual(['port', 'tls.caFile']);
    expect(
      await issuesOf(() =>
        profiles.validate({ credential: { source: 'pgpass' } }, { password: 'p' }, { draft: true }),
      ),
    ).toEqual(['credential.source']);
  });
});
