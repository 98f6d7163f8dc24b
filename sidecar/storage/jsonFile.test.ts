import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { AppError } from '#shared/error/appError.ts';
import { JsonFile, type JsonFileOptions } from './jsonFile.ts';
import { fileOf } from './storeFormat.ts';

interface Numbers {
  numbers: number[];
}
const schema = fileOf({ numbers: z.array(z.number()) });
const text = (value: Numbers, version = 1) => JSON.stringify({ version, ...value });

let folder: string;
let path: string;
let told: (AppError | undefined)[];
let opened: JsonFile<Numbers>[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hawser-store-'));
  path = join(folder, 'numbers.json');
  told = [];
  opened = [];
});
afterEach(async () => {
  await Promise.all(opened.map((file) => file.close()));
  rmSync(folder, { recursive: true, force: true });
});

async function open(options: Partial<JsonFileOptions<Numbers>> = {}): Promise<JsonFile<Numbers>> {
  const file = await JsonFile.open({
    path,
    schema,
    version: 1,
    initial: { numbers: [] },
    onProblem: (problem) => told.push(problem),
    ...options,
  });
  opened.push(file);
  return file;
}
const stored = (at = path): Numbers & { version: number } =>
  JSON.parse(readFileSync(at, 'utf8')) as Numbers & { version: number };
const codes = () => told.map((problem) => problem?.code);
const names = () => readdirSync(folder).sort();

describe('a store', () => {
  it('begins with its initial value, and writes nothing until it is told to', async () => {
    const file = await open({ initial: { numbers: [7] } });
    expect(file.read()).toEqual({ numbers: [7] });
    expect(file.fresh).toBe(true);
    expect([names(), told]).toEqual([[], []]);
  });

  it('finds again what was written', async () => {
    await (await open()).write({ numbers: [1, 2] });
    const again = await open();
    expect(again.read()).toEqual({ numbers: [1, 2] });
    expect(again.fresh).toBe(false);
    expect(stored()).toEqual({ version: 1, numbers: [1, 2] });
    expect(told).toEqual([]);
  });

  it('makes the copy at the first write, and keeps in it what stood before each further one', async () => {
    const file = await open();
    await file.write({ numbers: [1] });
    expect(stored(`${path}.bak`).numbers).toEqual([1]);
    await file.write({ numbers: [2] });
    await file.write({ numbers: [3] });
    expect([stored().numbers, stored(`${path}.bak`).numbers]).toEqual([[3], [2]]);
    expect(statSync(path).ino).not.toBe(statSync(`${path}.bak`).ino);
    expect(names()).toEqual(['numbers.json', 'numbers.json.bak']);
  });

  it('may make the copy anew in a pause, so that a damaged file costs nothing, and does so when it is closed', async () => {
    const file = await open({ copyMs: 5 });
    await file.write({ numbers: [1] });
    await file.write({ numbers: [1, 2] });
    expect(stored(`${path}.bak`).numbers).toEqual([1]);
    await expect.poll(() => stored(`${path}.bak`).numbers).toEqual([1, 2]);
    await file.write({ numbers: [1, 2, 3] });
    await Promise.all([file.flush(), file.close()]);
    expect(stored(`${path}.bak`).numbers).toEqual([1, 2, 3]);
    expect(names()).toEqual(['numbers.json', 'numbers.json.bak']);
  });

  it('holds a new value at once, and writes many that come together as one', async () => {
    const file = await open({ delayMs: 20 });
    const writes = Array.from({ length: 1_000 }, (_, index) => file.write({ numbers: [index] }));
    expect(file.read()).toEqual({ numbers: [999] });
    await Promise.all(writes);
    expect(stored().numbers).toEqual([999]);
    // Had there been a second write, the copy would hold what the first one wrote.
    expect(stored(`${path}.bak`).numbers).toEqual([999]);
  });

  it('says of each write when it is on disk, also of those that come while another is under way', async () => {
    const file = await open();
    const seen: number[][] = [];
    const write = async (count: number) => {
      await file.write({ numbers: Array.from({ length: count }, (_, index) => index) });
      seen.push([count, stored().numbers.length]);
    };
    const first = write(1);
    await new Promise((resolve) => setTimeout(resolve, 2));
    await Promise.all([first, write(2), write(3)]);
    expect(seen.every(([count = 0, onDisk = 0]) => onDisk >= count)).toBe(true);
    expect(seen).toHaveLength(3);
  });

  it('is not kept from writing by changes without end', async () => {
    const file = await open({ delayMs: 50 });
    const until = performance.now() + 2_000;
    let count = 0;
    const onDisk: number[] = [];
    while (onDisk.length === 0 && performance.now() < until) {
      const next = ++count;
      void file.write({ numbers: [next] }).then(() => onDisk.push(next));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(onDisk).toContain(1);
  });

  it('gathers what comes while it writes from its first change on, however long the disk takes', async () => {
    let time = 0;
    const planned: { ms: number; run: () => void }[] = [];
    const after = (ms: number, run: () => void) => (planned.push({ ms, run }), () => undefined);
    const file = await open({ delayMs: 100, clock: { now: () => 0, monotonic: () => time, after } });
    const first = file.write({ numbers: [1] });
    planned[0]?.run();
    for (time of [10, 20]) void file.write({ numbers: [time] });
    time = 90;
    await first;
    expect(planned.map(({ ms }) => ms)).toEqual([100, 20]);
    planned[1]?.run();
    await file.flush();
  });

  it('writes at once what waits, when asked to flush', async () => {
    const file = await open({ delayMs: 3_600_000 });
    void file.write({ numbers: [5] });
    await file.flush();
    expect(stored().numbers).toEqual([5]);
    await file.flush();
  });

  it('writes what waits when it is closed, any number of times, and nothing afterwards', async () => {
    const file = await open({ delayMs: 3_600_000 });
    const write = file.write({ numbers: [5] });
    await Promise.all([file.close(), file.close(), write]);
    await file.close();
    await file.write({ numbers: [6] });
    await file.flush();
    expect(stored().numbers).toEqual([5]);
    expect(file.read()).toEqual({ numbers: [6] });
  });

  it('is for its owner alone, whatever the umask, in every file that it makes', async () => {
    for (const umask of [0o000, 0o777]) {
      const before = process.umask(umask);
      try {
        const file = await open();
        await file.write({ numbers: [1] });
        await file.write({ numbers: [2] });
        for (const name of names()) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
      } finally {
        process.umask(before);
      }
    }
  });

  it('takes from a file that it reads what rights others had', async () => {
    writeFileSync(path, text({ numbers: [1] }), { mode: 0o644 });
    expect((await open()).read()).toEqual({ numbers: [1] });
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('is not stopped by what a killed writer left', async () => {
    await (await open()).write({ numbers: [1] });
    writeFileSync(`${path}.tmp`, 'half');
    writeFileSync(`${path}.bak.tmp`, 'half');
    const file = await open();
    expect(file.read()).toEqual({ numbers: [1] });
    await file.write({ numbers: [2] });
    expect(names()).toEqual(['numbers.json', 'numbers.json.bak']);
    expect([stored().numbers, told]).toEqual([[2], []]);
  });
});

describe('a damaged store', () => {
  const damages: [string, (good: Buffer) => Buffer | string][] = [
    ['empty', () => ''],
    ['cut', (good) => good.subarray(0, good.length >> 1)],
    ['garbage', () => Buffer.from([0x80, 0xff, 0x00, 0x01])],
    ['zeros', (good) => Buffer.alloc(good.length)],
  ];

  it.each(damages)(
    '(%s) is set aside, its copy is used and written again, and that is told',
    async (_, damage) => {
      const first = await open();
      await first.write({ numbers: [1] });
      await first.write({ numbers: [2] });
      const bad = damage(readFileSync(path));
      writeFileSync(path, bad);

      const file = await open();
      expect(file.read()).toEqual({ numbers: [1] });
      expect(codes()).toEqual(['STORE_RECOVERED']);
      await file.flush();
      expect([stored().numbers, stored(`${path}.bak`).numbers]).toEqual([[1], [1]]);
      const aside = names().filter((name) => /^numbers\.json\.corrupt-\d{4}-\d\d-\d\dT[\d-]+$/.test(name));
      expect(aside).toHaveLength(1);
      expect(readFileSync(join(folder, aside[0] ?? '')).equals(Buffer.from(bad))).toBe(true);
      expect(told[0]?.toEnvelope()).toMatchObject({ detail: { file: path, setAside: aside } });

      await (await open()).close();
      expect(codes()).toEqual(['STORE_RECOVERED']);
    },
  );

  it('whose copy is damaged too begins anew, with both set aside', async () => {
    writeFileSync(path, 'bad');
    writeFileSync(`${path}.bak`, 'worse');
    const file = await open({ initial: { numbers: [0] } });
    expect([file.read(), file.fresh, codes()]).toEqual([{ numbers: [0] }, false, ['STORE_RECOVERED']]);
    expect(names()).toHaveLength(2);
    expect(names().every((name) => name.includes('.corrupt-'))).toBe(true);
    await file.write({ numbers: [1] });
    expect(stored().numbers).toEqual([1]);
  });

  it('sets aside a second time beside the first', async () => {
    const clock = { now: () => 0, monotonic: () => 0, after: () => () => undefined };
    for (const bad of ['one', 'two', 'three']) {
      writeFileSync(path, bad);
      await open({ clock });
    }
    const date = '1970-01-01T00-00-00';
    expect(names()).toEqual([date, `${date}-2`, `${date}-3`].map((end) => `numbers.json.corrupt-${end}`));
  });

  it('that is gone is taken from its copy, and that is told', async () => {
    const first = await open();
    await first.write({ numbers: [1] });
    rmSync(path);
    const file = await open();
    expect([file.read(), file.fresh, codes()]).toEqual([{ numbers: [1] }, false, ['STORE_RECOVERED']]);
    await file.flush();
    expect(stored().numbers).toEqual([1]);
  });
});

describe('a store that must not be written over', () => {
  const untouched = async (code: string, value: Numbers) => {
    const before = names().map((name) => [name, statSync(join(folder, name)).ino]);
    const file = await open();
    expect([codes(), file.read(), file.fresh]).toEqual([[code], value, false]);
    await file.write({ numbers: [9] });
    await file.close();
    expect(file.read()).toEqual({ numbers: [9] });
    expect(names().map((name) => [name, statSync(join(folder, name)).ino])).toEqual(before);
  };

  it('is one of a newer version', async () => {
    writeFileSync(path, text({ numbers: [5] }, 2));
    writeFileSync(`${path}.bak`, text({ numbers: [4] }, 1));
    await untouched('STORE_NEWER', { numbers: [] });
    expect(stored()).toEqual({ version: 2, numbers: [5] });
  });

  it('is one whose copy is of a newer version', async () => {
    writeFileSync(path, 'bad');
    writeFileSync(`${path}.bak`, text({ numbers: [5] }, 2));
    await untouched('STORE_NEWER', { numbers: [] });
  });

  it('is a symbolic link, and where it leads to nothing is read or written', async () => {
    const target = join(folder, 'elsewhere');
    writeFileSync(target, text({ numbers: [5] }));
    symlinkSync(target, path);
    await untouched('STORE_READ_ONLY', { numbers: [] });
    expect(stored(target).numbers).toEqual([5]);
  });

  it('is no file', async () => {
    mkdirSync(path);
    await untouched('STORE_READ_ONLY', { numbers: [] });
  });
});

describe('a store in a folder that cannot be written to', () => {
  it('goes on in memory, tells it once, and writes when it can again', async () => {
    const parent = join(folder, 'sub');
    writeFileSync(parent, 'a file where the folder should be');
    const file = await open({ path: join(parent, 'numbers.json'), retryMs: 20 });
    await file.write({ numbers: [1] });
    await file.write({ numbers: [2] });
    expect([file.read(), codes()]).toEqual([{ numbers: [2] }, ['STORE_READ_ONLY']]);

    rmSync(parent);
    mkdirSync(parent);
    await expect.poll(() => codes()).toEqual(['STORE_READ_ONLY', undefined]);
    expect(stored(join(parent, 'numbers.json')).numbers).toEqual([2]);
  });

  it('tries again at the next write, without waiting for its timer', async () => {
    const parent = join(folder, 'sub');
    const file = await open({ path: join(parent, 'numbers.json'), retryMs: 3_600_000 });
    await file.write({ numbers: [1] });
    mkdirSync(parent);
    await file.write({ numbers: [2] });
    expect(codes()).toEqual(['STORE_READ_ONLY', undefined]);
    expect(stored(join(parent, 'numbers.json')).numbers).toEqual([2]);
  });

  it('can be closed, and then tries no more', async () => {
    const parent = join(folder, 'sub');
    const file = await open({ path: join(parent, 'numbers.json'), retryMs: 10 });
    await file.write({ numbers: [1] });
    await file.close();
    mkdirSync(parent);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(readdirSync(parent)).toEqual([]);
  });

  it('does not follow a link that was put in its place after it was opened', async () => {
    const file = await open();
    await file.write({ numbers: [1] });
    const target = join(folder, 'elsewhere');
    writeFileSync(target, 'precious');
    rmSync(path);
    symlinkSync(target, path);
    await file.write({ numbers: [2] });
    expect(codes()).toEqual(['STORE_READ_ONLY']);
    expect(readFileSync(target, 'utf8')).toBe('precious');
  });
});
