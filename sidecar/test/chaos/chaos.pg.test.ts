import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SidecarProcess } from '../sidecarProcess.ts';
import { tempFolder } from '../tempFolder.ts';
import { cuts } from './cuts.ts';
import { longQuery } from './falseLosses.ts';
import { damagedFiles } from './damages.ts';
import { faults } from './faults.ts';
import type { Chaos, Figure } from './figure.ts';
import { frames } from './frames.ts';
import { fullDisks } from './fullDisks.ts';
import { kills } from './kills.ts';

// A small share of `npm run chaos`, other faults each time; what fails names its seed.
const seed = Math.floor(Math.random() * 2 ** 31);
const say = (line: string): void => void process.stdout.write(`${line}\n`);
// Beside all the other tests a disk takes its time; what it takes alone is held by `npm run chaos`.
const chaos: Chaos = { seed, rounds: (full) => full, say, savedWithinMs: 2_000 };

/** What was missed, with all that is needed to see it again. */
const missed = (figures: Figure[]): string[] =>
  figures
    .filter(({ ok }) => !ok)
    .map(({ what, measured, notes = [] }) => `seed ${seed}, ${what}: ${measured}\n${notes.join('\n')}`);

// The one sleeps while the others work.
describe.concurrent('the sidecar as a process', { timeout: 180_000 }, () => {
  it('leaves a long query alone, however quick the heartbeat', async () => {
    expect(missed(await longQuery(chaos, 30))).toEqual([]);
  });

  it.skipIf(process.platform === 'win32')(
    'tells who waits for its data folder so within ten seconds',
    async () => {
      const folder = await tempFolder();
      // Whoever opens it to read waits for somebody who writes.
      expect(spawnSync('mkfifo', [join(folder.path, 'lock')]).status).toBe(0);
      const sidecar = new SidecarProcess(folder.path);
      // This is refused at once, whatever is waited for. How long a busy machine takes to start it is not the door's time.
      await sidecar.call('session.attach', { protocolVersion: 0, windowId: 'old' });
      const from = performance.now();
      const outcome = await sidecar.call('session.attach', { protocolVersion: 1, windowId: 'w' });
      expect(outcome).toEqual({ outcome: 'timeout', reason: 'ADMISSION_TIMEOUT' });
      expect(performance.now() - from).toBeLessThan(12_000);
      await sidecar.kill();
      await folder.remove();
    },
  );

  it('loses no acknowledged edit, whoever is killed, whatever is full or damaged', async () => {
    expect(missed(await kills(chaos, { sidecars: 40, hosts: 8, together: 8 }))).toEqual([]);
    expect(missed(await fullDisks(chaos, 6))).toEqual([]);
    expect(missed(await damagedFiles(chaos, 6))).toEqual([]);
  });

  it('is not reached by the frames of strangers, and does not end by them', async () => {
    expect(missed(await frames(chaos, 2_000))).toEqual([]);
  });

  it('survives random faults: every call is answered, every run ends, no error is uncaught', async () => {
    expect(missed(await faults(chaos, 30))).toEqual([]);
  });

  it('runs no statement twice and tells nothing wrong of a write that is cut at any byte', async () => {
    expect(missed(await cuts(chaos, 60))).toEqual([]);
  });
});
