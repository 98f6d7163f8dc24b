import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startProgram } from '../test/childProgram.ts';

const loops = 20;
/** What is accepted has to be on disk within this time. */
const acceptedMs = 500;
/** The writer says something every few milliseconds: where it is silent for longer, the machine lets it stand still. */
const silentMs = 50;

const highest = (lines: string[], word: string, until = Infinity): number =>
  lines
    .map((line) => line.split(' '))
    .filter(([said, , at]) => said === word && Number(at) <= until)
    .reduce((most, [, count]) => Math.max(most, Number(count)), 0);

/** When `acceptedMs` before the end were, in the writer's own time: while it stands still it can write nothing. */
function acceptedUntil(lines: string[], endAt: number): number {
  let at = endAt;
  let leftMs = acceptedMs;
  for (const saidAt of lines.map((line) => Number(line.split(' ')[2])).toReversed()) {
    const ownMs = Math.min(at - saidAt, silentMs);
    if (ownMs >= leftMs) return at - leftMs;
    leftMs -= ownMs;
    at = saidAt;
  }
  return -Infinity;
}

/** Accepts writes until the killer comes at a random moment; what was told to be kept must be there afterwards. */
async function killOnce(
  path: string,
  delayMs: number,
): Promise<{ found: number; must: number; stored: number }> {
  const writer = startProgram('storeWriter', [path, String(delayMs)]);
  await writer.line((line) => line.startsWith('kept'));
  await new Promise((resolve) => setTimeout(resolve, 550 + Math.random() * 500));
  const killedAt = Date.now();
  writer.process.kill('SIGKILL');
  await writer.ended;
  const found = highest(writer.lines, 'found');
  const must = Math.max(
    highest(writer.lines, 'kept'),
    highest(writer.lines, 'took', acceptedUntil(writer.lines, killedAt)),
  );
  expect(writer.lines.filter((line) => line.startsWith('problem'))).toEqual([]);
  const stored = JSON.parse(readFileSync(path, 'utf8')) as { count: number };
  return { found, must, stored: stored.count };
}

it.concurrent.each([0, 100])(
  'a store that gathers writes for %i ms is whole after each kill, and no accepted write of 500 ms ago is missing',
  { timeout: 180_000 },
  async (delayMs) => {
    const folder = mkdtempSync(join(tmpdir(), 'hawser-kill-'));
    const path = join(folder, 'numbers.json');
    try {
      let before = 0;
      for (let loop = 0; loop < loops / 2; loop++) {
        const { found, must, stored } = await killOnce(path, delayMs);
        expect(found).toBe(before);
        expect(must).toBeGreaterThan(found);
        expect(stored).toBeGreaterThanOrEqual(must);
        before = stored;
      }
      expect(readdirSync(folder).filter((name) => name.includes('corrupt'))).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
