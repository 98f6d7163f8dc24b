import fs, { appendFileSync, readFileSync, statSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { tempFolder } from '../test/tempFolder.ts';
import { Journal, type JournalOptions } from './journal.ts';

let folder: Awaited<ReturnType<typeof tempFolder>>;
let path: string;
let warnings: string[];
beforeEach(async () => {
  folder = await tempFolder();
  path = join(folder.path, 'journal.jsonl');
  warnings = [];
});
afterEach(() => folder.remove());

const open = (options: Partial<JournalOptions> = {}) =>
  Journal.open({
    path,
    log: { warn: (_, words) => warnings.push(words) },
    ...options,
  });

it('has again, in another process, the last value of each key', () => {
  const journal = open();
  journal.put('a', { n: 1 });
  journal.put('b', { n: 2 });
  journal.put('a', { n: 3 });
  journal.put('b', undefined);
  // Not closed: the process was killed.
  expect(open().values()).toEqual([{ n: 3 }]);
  if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
});

it('does without a line that is torn, and with all others', () => {
  open().put('a', { n: 1 });
  appendFileSync(path, '[]\nnull\n{"key":5}\n{"key":"b","value":{"n"');
  const again = open();
  again.put('c', { n: 3 });
  expect(open().values()).toEqual([{ n: 1 }, { n: 3 }]);
  expect(warnings).toEqual([]);
});

it('stays small, with all that counts', () => {
  const journal = open({ maxBytes: 1_000 });
  journal.put('kept', { n: 0 });
  for (let n = 1; n <= 500; n += 1) {
    journal.put('a', { n });
    expect(statSync(path).size).toBeLessThanOrEqual(1_000);
  }
  expect(open().values()).toEqual([{ n: 0 }, { n: 500 }]);
});

it('that holds more than its limit is not written anew with each change', () => {
  const journal = open({ maxBytes: 1_000 });
  journal.put('large', { text: 'x'.repeat(2_000) });
  const sizes = Array.from({ length: 20 }, (_, n) => {
    journal.put('a', { n });
    return statSync(path).size;
  });
  expect(sizes).toEqual([...new Set(sizes)].sort((a, b) => a - b));
  for (let n = 1; n <= 200; n += 1) journal.put('a', { n });
  expect(statSync(path).size).toBeLessThanOrEqual(4_200);
  expect(open().values()).toMatchObject([{}, { n: 200 }]);
});

it('that cannot be opened anew goes on where it was, and never writes into the file of another', () => {
  const journal = open({ maxBytes: 100 });
  const { openSync } = fs;
  let left = 1;
  fs.openSync = (...of) => {
    if (left-- > 0) return openSync(...of);
    throw Object.assign(new Error('too many open files'), { code: 'EMFILE' });
  };
  syncBuiltinESMExports();
  try {
    for (let n = 1; n <= 10; n += 1) journal.put('a', { n });
  } finally {
    fs.openSync = openSync;
    syncBuiltinESMExports();
  }
  expect(warnings.length).toBeGreaterThan(0);
  // It is given the first number that is free.
  const other = join(folder.path, 'other');
  const descriptor = openSync(other, 'w');
  for (let n = 11; n <= 15; n += 1) journal.put('b', { n });
  fs.writeSync(descriptor, 'of another');
  fs.closeSync(descriptor);
  expect(readFileSync(other, 'utf8')).toBe('of another');
  expect(open().values()).toEqual([{ n: 10 }, { n: 15 }]);
});

it('writes nothing twice, and nothing once it is closed', () => {
  const journal = open();
  journal.put('a', { n: 1 });
  const { size } = statSync(path);
  journal.put('a', { n: 1 });
  expect(statSync(path).size).toBe(size);
  journal.close();
  journal.put('a', { n: 2 });
  expect(readFileSync(path, 'utf8')).toBe('{"key":"a","value":{"n":1}}\n');
});

it('that cannot be written says so and harms nobody', () => {
  const journal = open({ path: join(folder.path, 'nowhere', 'journal.jsonl') });
  journal.put('a', { n: 1 });
  expect(journal.values()).toEqual([{ n: 1 }]);
  expect(warnings).toHaveLength(1);
});
