import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { tempFolder } from '../test/tempFolder.ts';
import { RotatedLines } from './rotatedLines.ts';

let folder: Awaited<ReturnType<typeof tempFolder>>;
let path: string;
let warnings: string[];
beforeEach(async () => {
  folder = await tempFolder();
  path = join(folder.path, 'lines.jsonl');
  warnings = [];
});
afterEach(() => folder.remove());

const open = (more: { maxBytes?: number } = {}) =>
  new RotatedLines({ path, log: { warn: (_, words) => warnings.push(words) }, ...more });

it('keeps lines in order, for their owner alone', async () => {
  const lines = open();
  expect(existsSync(path)).toBe(false);
  lines.append(['a', 'b']);
  lines.append(['c']);
  expect(await lines.read()).toEqual(['a', 'b', 'c']);
  await lines.close();
  expect(readFileSync(path, 'utf8')).toBe('a\nb\nc\n');
  if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
  lines.append(['d']);
  expect(await open().read()).toEqual(['a', 'b', 'c']);
});

it('takes their rights from others, and goes on after a line that was torn', async () => {
  writeFileSync(path, 'whole\nto');
  chmodSync(path, 0o644);
  const lines = open();
  lines.append(['next']);
  await lines.close();
  expect(await lines.read()).toEqual(['whole', 'to', 'next']);
  if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
});

it('never takes more than twice its limit', async () => {
  const lines = open({ maxBytes: 100 });
  for (let n = 0; n < 100; n += 1) {
    lines.append([`line ${n} ${'x'.repeat(20)}`]);
    // Each by itself, as they come in time.
    await lines.read();
  }
  await lines.close();
  const sizes = [path, `${path}.1`].map((each) => statSync(each).size);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(100);
  const kept = await open().read();
  expect(kept.map((line) => Number(line.split(' ')[1]))).toEqual(
    kept.map((_, index) => 100 - kept.length + index),
  );
});

it('that cannot be written says so once and hurts nobody, and goes on when it can', async () => {
  mkdirSync(path);
  const lines = open();
  lines.append(['lost']);
  await lines.read();
  lines.append(['lost too']);
  await lines.close();
  expect(warnings).toHaveLength(1);
  appendFileSync(join(path, 'there'), '');
  expect(await lines.read()).toEqual([]);
});
