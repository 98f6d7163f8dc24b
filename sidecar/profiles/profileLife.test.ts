import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '#shared/error/appError.ts';
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
const names = (): string[] => profiles.list().connections.map(({ name }) => name);

describe('what is noted of a connection', () => {
  it('leaves the time of its last change, and can be taken back', async () => {
    const { id } = await profiles.save({ name: 'a' });
    now = 2_000;
    const error = new AppError('CREDENTIAL_REQUIRED', 'A password is needed.', {
      promptId: 'p',
    }).toEnvelope();
    profiles.record(id, { lastError: error });
    expect(profiles.get(id)).toMatchObject({ updatedAt: 1_000, lastError: { code: 'CREDENTIAL_REQUIRED' } });
    expect(profiles.get(id).lastError).not.toHaveProperty('promptId');
    profiles.record(id, { lastConnectedAt: 2_000, lastError: null });
    expect(profiles.get(id)).toMatchObject({ lastConnectedAt: 2_000 });
    expect(profiles.get(id)).not.toHaveProperty('lastError');
    await reopen();
    expect(profiles.get(id)).toMatchObject({ lastConnectedAt: 2_000, updatedAt: 1_000 });
  });

  it('is no fault where it was deleted meanwhile', async () => {
    const { id } = await profiles.save({ name: 'a' });
    await profiles.delete(id);
    events.length = 0;
    profiles.record(id, { lastConnectedAt: 1 });
    expect([events, profiles.list().connections]).toEqual([[], []]);
  });
});

describe('duplicating and deleting', () => {
  it('puts the copy right behind the original, without its life', async () => {
    const first = await profiles.save({ name: 'a' });
    await profiles.save({ name: 'b' });
    profiles.record(first.id, { lastConnectedAt: 1 });
    now = 2_000;
    const copy = await profiles.duplicate(first.id);
    await profiles.duplicate(copy.id);
    expect(names()).toEqual(['a', 'a (copy)', 'a (copy 2)', 'b']);
    expect(copy).toMatchObject({ createdAt: 2_000, updatedAt: 2_000, sortOrder: 1 });
    expect(copy.id).not.toBe(first.id);
    expect(copy).not.toHaveProperty('lastConnectedAt');
    expect(profiles.list().connections.map(({ sortOrder }) => sortOrder)).toEqual([0, 1, 2, 3]);
  });

  it('tells what is gone, and knows it no more', async () => {
    const { id } = await profiles.save({ name: 'a' });
    events.length = 0;
    await profiles.delete(id);
    expect(events).toEqual([{ kind: 'connection', id }]);
    for (const work of [
      () => profiles.delete(id),
      () => profiles.duplicate(id),
      () => profiles.gather(null, { connections: { ids: [id], index: 0 } }),
    ])
      await expect(work()).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(() => profiles.get(id)).toThrow(AppError);
  });
});
