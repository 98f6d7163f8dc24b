import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Document } from '#shared/documents/document.ts';
import { keptSessionSchema } from '#shared/session/kept.ts';
import type { SessionRecord } from '#shared/session/record.ts';
import { settingsSchema } from '#shared/settings/settings.ts';
import { systemClock } from '../lib/clock.ts';
import { StoreProblems } from '../storage/problems.ts';
import { dataPaths } from '../storage/paths.ts';
import { Archive } from './archive.ts';
import { Janitor } from './janitor.ts';

const dayMs = 24 * 3_600_000;
let base: string;
let archive: Archive;
let settings = settingsSchema.parse({});
let problems: StoreProblems;
/** How often something was put off until there is nothing else to do. */
let looks = 0;

const noConnection = {
  connectionId: null,
  mode: null,
  address: null,
  username: null,
  activeDatabase: null,
  lastStatusChangeAt: null,
  lastConnectedAt: null,
  lastDisconnectedAt: null,
  lastError: null,
};
const records = new Map<string, SessionRecord>();

function start(): Archive {
  problems = new StoreProblems();
  return new Archive({
    clock: {
      ...systemClock,
      after: (ms, run) => {
        if (ms === 0) looks += 1;
        return systemClock.after(ms, run);
      },
    },
    folder: { path: base, paths: dataPaths(base), problems },
    settings: () => settings,
    recordOf: (id) => records.get(id),
    nameOf: (id) => `name of ${id}`,
    redact: (statement) => statement.replace('hunter2', '...'),
    // Disks that stand still are no matter of these tests.
    freshMs: 10_000,
    clean: (value) => JSON.parse(JSON.stringify(value).replaceAll('hunter2', '...')) as typeof value,
  });
}

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'hawser-archive-'));
  settings = settingsSchema.parse({});
  archive = start();
});
afterEach(async () => {
  await archive.close();
  rmSync(base, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
});

function window(): string {
  const id = randomUUID();
  records.set(id, { ...noConnection, id, windowId: 'window', status: 'disconnected' });
  archive.begin(id, 'window');
  return id;
}

const document = (text: string, more: Partial<Document> = {}): Document => ({
  id: randomUUID(),
  title: 'orders',
  text,
  ...more,
});

/** A window that has typed one text. */
function typed(text: string, more: Partial<Document> = {}): string {
  const id = window();
  archive.saved(id, document(text, more), undefined);
  return id;
}

function run(sessionId: string, tab: Document, text: string, { failed = false } = {}): void {
  const runId = `run-${randomUUID()}`;
  const params = { runId, connectionId: 'c', tabId: tab.id, at: Date.now() };
  const statement = { index: 0, from: 0, to: text.length };
  archive.ran(sessionId, params, { text, document: tab });
  if (!failed) {
    const columns = [{ name: 'n', typeOid: 23, typeName: 'int4' }];
    const result = { runId, resultId: 'r', statement, columns, firstRows: [['a secret row']] };
    archive.heard(sessionId, { method: 'query.resultStarted', params: result });
    const end = { runId, resultId: 'r', commandTag: 'SELECT 1', rowCount: 1, elapsedMs: 2 };
    archive.heard(sessionId, { method: 'query.resultEnded', params: end });
  }
  const error = { code: 'QUERY_FAILED', message: 'It says hunter2', retry: 'never', actions: [] } as const;
  const outcome = failed
    ? { outcome: 'failed' as const, error: { ...error, actions: [] }, statement }
    : { outcome: 'done' as const };
  archive.heard(sessionId, {
    method: 'query.runEnded',
    params: { runId, ...outcome, transactionStatus: 'I' },
  });
}

const folder = () => dataPaths(base).sessions;
const fileOf = (sessionId: string, of = folder()) => join(of, `${sessionId}.json`);
const list = async (more: { text?: string; limit?: number; before?: string } = {}) =>
  archive.list({ limit: 50, ...more });
const ids = async (more = {}) => (await list(more)).entries.map(({ sessionId }) => sessionId);

describe('a session', () => {
  it('is kept with its tabs and what its runs meant, but no row and no password', async () => {
    const id = window();
    const tab = document("select 1; alter role a password 'hunter2'", {
      cursor: 3,
      scroll: 4.5,
      connectionId: 'c',
    });
    archive.saved(id, tab, undefined);
    run(id, tab, "alter role a password 'hunter2'");
    run(id, tab, 'nonsense', { failed: true });
    const closed = document('select 2', { title: 'gone' });
    archive.closed(id, closed);
    const session = await archive.get(id);
    expect(keptSessionSchema.parse(session)).toEqual(session);
    expect(session).toMatchObject({
      sessionId: id,
      windowId: 'window',
      summary: { connections: ['name of c'], tabs: 2, runs: 2, failed: 1 },
      record: { id },
      tabs: [
        {
          // What the user typed is his.
          ...tab,
          connectionName: 'name of c',
          runs: [
            {
              outcome: 'done',
              statements: [
                {
                  text: "alter role a password '...'",
                  columns: [{ name: 'n', typeName: 'int4' }],
                  commandTag: 'SELECT 1',
                  rowCount: 1,
                },
              ],
            },
            { outcome: 'failed', error: { message: 'It says ...' }, statements: [{ text: 'nonsense' }] },
          ],
        },
        { ...closed, closedAt: expect.any(Number) as number },
      ],
    });
    expect(session.persistedUntil).toBe(session.savedAt + 30 * dayMs);
    expect(readFileSync(fileOf(id), 'utf8')).not.toContain('a secret row');
    expect(statSync(fileOf(id)).mode & 0o777).toBe(0o600);
    expect(statSync(folder()).mode & 0o777).toBe(0o700);
  });

  it('in which nothing was typed or run leaves no file, nor does a tab that was only looked at', async () => {
    const id = window();
    const present = document('select 1');
    archive.saved(id, { ...present, cursor: 5 }, present);
    archive.saved(id, document(''), undefined);
    archive.closed(id, document(''));
    expect(await ids()).toEqual([]);
    expect(existsSync(folder())).toBe(false);
  });

  it('does not outgrow its limit: what was closed or run first goes first, and what is open stays', async () => {
    const id = window();
    const megabyte = 'x'.repeat(1_000_000);
    archive.saved(id, document(megabyte, { title: 'open' }), undefined);
    for (let number = 1; number <= 6; number++)
      archive.closed(id, document(megabyte, { title: `closed ${number}` }));
    const titles = (await archive.get(id)).tabs.map(({ title }) => title);
    expect(titles.sort()).toEqual(['closed 4', 'closed 5', 'closed 6', 'open']);
    expect(statSync(fileOf(id)).size).toBeLessThan(4.1 * 1024 ** 2);
  });

  it('that ends is written whole, once more', async () => {
    const id = typed('select 1');
    archive.end(id);
    records.delete(id);
    expect((await list()).entries).toMatchObject([{ sessionId: id, live: false }]);
    expect((await archive.get(id)).journal.map(({ event }) => event)).toEqual(['began', 'ended']);
  });
});

describe('the list', () => {
  it('comes in pages, the newest first, and looks into titles, texts, statements and names', async () => {
    const wanted: string[] = [];
    for (const text of ['select one', 'select two\nFROM Ünique "quoted"', 'select three']) {
      wanted.unshift(typed(text));
      await archive.get(wanted[0] ?? '');
    }
    const first = await list({ limit: 2 });
    expect(first.entries.map(({ sessionId }) => sessionId)).toEqual(wanted.slice(0, 2));
    const second = await list({ limit: 2, before: first.next ?? '' });
    expect(second.entries.map(({ sessionId }) => sessionId)).toEqual(wanted.slice(2));
    expect(second).toMatchObject({ total: 3, seen: 3 });
    expect(second.next).toBeUndefined();
    const found = await list({ text: 'from ünique "q' });
    expect(found.entries).toMatchObject([{ sessionId: wanted[1], excerpt: 'FROM Ünique "quoted"' }]);
    expect(await ids({ text: 'sessionId' })).toEqual([]);
    expect(await ids({ text: 'ORDERS' })).toHaveLength(3);
  });

  it('has no session any more that was removed, though its window goes on', async () => {
    const [one, other] = [typed('select 1'), typed('select 2')];
    await list();
    expect(await archive.remove({ sessionIds: [one, randomUUID()] })).toEqual({ removed: 1 });
    expect(await ids()).toEqual([other]);
    await expect(archive.get(one)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    archive.saved(one, document('select 3'), undefined);
    expect((await archive.get(one)).tabs.map(({ text }) => text)).toEqual(['select 3']);
    expect(await archive.remove({ all: true })).toEqual({ removed: 2 });
    expect(readdirSync(folder())).toEqual([]);
  });

  it('leaves a newer version alone, reads what somebody has formatted, and puts aside what is damaged', async () => {
    const made = ['newer', 'formatted', 'torn', 'empty'].map((word) => typed(word));
    await list();
    const [newer = '', formatted = '', torn = '', empty = ''] = made;
    const change = (id: string, how: (text: string) => string) =>
      writeFileSync(fileOf(id), how(readFileSync(fileOf(id), 'utf8')));
    change(newer, (text) => text.replace('"version":1', '"version":2'));
    change(formatted, (text) => JSON.stringify(JSON.parse(text), null, 2));
    change(torn, (text) => text.slice(0, 60));
    change(empty, () => '');
    writeFileSync(join(folder(), 'letter.json'), 'of the user');
    expect(await ids()).toEqual([formatted]);
    expect(problems.list()).toMatchObject([
      { code: 'STORE_RECOVERED', message: '2 kept sessions were damaged and were put aside.' },
    ]);
    const names = readdirSync(folder()).sort();
    expect(names.filter((name) => name.includes('.corrupt-'))).toHaveLength(2);
    expect(names).toContain(`${newer}.json`);
    expect(names).toContain('letter.json');
  });
});

describe('the settings', () => {
  it('act at once: another folder gets what is under way, and the old one keeps the rest', async () => {
    const [before, live] = [typed('before'), typed('live')];
    archive.end(before);
    await list();
    settings = { ...settings, persistenceFolder: join(base, 'elsewhere') };
    archive.settingsChanged();
    expect(new Set(await ids())).toEqual(new Set([before, live]));
    expect(readdirSync(join(base, 'elsewhere'))).toEqual([`${live}.json`]);
    expect(readdirSync(folder())).toEqual([`${before}.json`]);
  });

  it('that say nothing of what is kept let no file be looked at', () => {
    looks = 0;
    settings = { ...settings, sidebarWidth: 300 };
    archive.settingsChanged();
    expect(looks).toBe(0);
    settings = { ...settings, retentionDays: 7 };
    archive.settingsChanged();
    expect(looks).toBe(1);
  });

  it('off: nothing more is written, and what is there stays', async () => {
    const id = typed('before');
    await list();
    settings = { ...settings, enablePersistence: false };
    archive.settingsChanged();
    archive.saved(id, document('meanwhile'), undefined);
    typed('another');
    expect(await ids()).toEqual([id]);
    settings = { ...settings, enablePersistence: true };
    archive.settingsChanged();
    archive.saved(id, document('after'), undefined);
    expect((await archive.get(id)).tabs.map(({ text }) => text)).toEqual(['before', 'after']);
  });

  it('name a folder that cannot be written to: that is told once, and its end', async () => {
    writeFileSync(join(base, 'file'), '');
    settings = { ...settings, persistenceFolder: join(base, 'file', 'below') };
    const id = typed('kept in memory');
    await list();
    const session = await archive.get(id);
    expect(keptSessionSchema.parse(session)).toEqual(session);
    expect(session.tabs).toMatchObject([{ text: 'kept in memory' }]);
    expect(problems.list()).toMatchObject([{ code: 'STORE_READ_ONLY' }]);
    rmSync(join(base, 'file'));
    expect(await ids()).toHaveLength(1);
    expect(problems.list()).toEqual([]);
  });
});

it('an export is the session as JSON, and nothing is exported into the data folder', async () => {
  const id = typed('select 1');
  const elsewhere = mkdtempSync(join(tmpdir(), 'hawser-exported-'));
  try {
    const path = join(elsewhere, 'session.json');
    const { bytes } = await archive.export({ sessionId: id, path });
    expect(statSync(path).size).toBe(bytes);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ version: 1, ...(await archive.get(id)) });
    const within = { sessionId: id, path: join(folder(), 'x.json') };
    await expect(archive.export(within)).rejects.toMatchObject({ code: 'FILE_NOT_WRITABLE' });
  } finally {
    rmSync(elsewhere, { recursive: true, force: true });
  }
});

it('the janitor deletes what was kept for long enough, looks at the newest, and sweeps what a killed write left', async () => {
  const [old, young, torn] = [typed('old'), typed('young'), typed('torn')];
  await list();
  const entry = readFileSync(fileOf(old), 'utf8');
  writeFileSync(fileOf(old), entry.replace(/"savedAt":\d+/, `"savedAt":${Date.now() - 8 * dayMs}`));
  writeFileSync(fileOf(torn), readFileSync(fileOf(torn), 'utf8').slice(0, -10));
  writeFileSync(`${fileOf(young)}.tmp`, 'half');
  const told: string[] = [];
  const janitor = (now: number, days: number) =>
    new Promise<void>((resolve) => {
      const made: Janitor = new Janitor({
        clock: {
          ...systemClock,
          now: () => now,
          // The next look is tomorrow's: this one is over.
          after: (ms, look) => (ms === 0 ? systemClock.after(0, look) : (resolve(), () => {})),
        },
        folders: () => [folder()],
        retentionMs: () => days * dayMs,
        report: ({ code }) => told.push(code),
      });
      made.sweep();
    });
  await janitor(Date.now(), 7);
  expect(
    readdirSync(folder())
      .filter((name) => !name.includes('corrupt'))
      .sort(),
  ).toEqual([`${young}.json`, `${young}.json.tmp`].sort());
  expect(told).toEqual(['STORE_RECOVERED']);
  await janitor(Date.now() + 2 * dayMs, 7);
  expect(existsSync(`${fileOf(young)}.tmp`)).toBe(false);
  await janitor(Date.now() + 2 * dayMs, 1);
  expect(existsSync(fileOf(young))).toBe(false);
});
