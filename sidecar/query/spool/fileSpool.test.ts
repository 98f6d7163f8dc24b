import { mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startProgram } from '../../test/childProgram.ts';
import { dataRow } from '../../test/dataRows.ts';
import { RowPicker } from './rowPicker.ts';
import type { Spool, SpoolLimits } from './spool.ts';
import { SpoolStore } from './spoolStore.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hawser-spool-'));
});
// The file of a spool that was closed may just be made.
afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }));

/** A DataRow message of one value of `bytes` bytes, which tells its number where there is room for it. */
const row = (bytes: number, number = 0): Buffer =>
  dataRow([String(number).padEnd(bytes, 'x').slice(0, bytes)]);

function open(limits: Partial<SpoolLimits> = {}): { spool: Spool; store: SpoolStore } {
  const store = new SpoolStore(join(folder, 'spool'), limits);
  return { spool: store.open(), store };
}

async function sliced(spool: Spool, at: number, limit: number, maxBytes = Infinity): Promise<Buffer> {
  return Buffer.concat(await spool.slice(at, limit, maxBytes));
}

/** Open files of this process that have lost their names; undefined where the system does not tell. */
function namelessFiles(): number | undefined {
  try {
    const files = readdirSync('/proc/self/fd').map((name) => linkOf(`/proc/self/fd/${name}`));
    return files.filter((file) => file.startsWith(folder) && file.endsWith(' (deleted)')).length;
  } catch {
    return undefined;
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}

describe('a spool', () => {
  it('copies what it is given', async () => {
    const { spool } = open();
    const message = row(3);
    void spool.append(message, 1);
    message.fill(0);
    expect(await spool.slice(0, 1, 100)).toEqual([row(3)]);
  });

  it('gives whole messages, and the one that passes the wanted size as the last', async () => {
    const { spool } = open();
    for (let at = 0; at < 1_000; at += 1) void spool.append(row(100), 1);
    expect(await sliced(spool, 990, 100)).toHaveLength(10 * 111);
    expect(await sliced(spool, 5, 100, 200)).toHaveLength(2 * 111);
    expect(await sliced(spool, 5, 100, 1)).toHaveLength(111);
    expect(await spool.slice(1_000, 1, 1)).toEqual([]);
  });

  it('drops what passes its own limit, and says so', () => {
    const { spool } = open({ maxSpoolBytes: 250 });
    void spool.append(Buffer.concat([row(89), row(89)]), 2);
    expect(spool.full).toBeUndefined();
    void spool.append(row(89), 1);
    void spool.append(row(1), 1);
    expect(spool).toMatchObject({ full: 'result', rowCount: 2, bytes: 200 });
  });

  it('shares what all results together may take, and gives it back when it is closed', () => {
    const { spool, store } = open({ maxTotalBytes: 100_000 });
    const other = store.open();
    void spool.append(row(90_000), 1);
    void other.append(row(20_000), 1);
    expect(other).toMatchObject({ full: 'total', rowCount: 0 });
    spool.close();
    spool.close();
    expect(store.used).toBe(0);
    const third = store.open();
    void third.append(row(90_000), 1);
    expect(third.rowCount).toBe(1);
  });

  it('takes little memory for a small result, and keeps nothing once it is closed', async () => {
    const { spool, store } = open();
    void spool.append(row(10), 1);
    expect(store.memory).toBeLessThanOrEqual(4_096);
    spool.close();
    void spool.append(row(10), 1);
    expect(await spool.slice(0, 1, 1)).toEqual([]);
    expect(store).toMatchObject({ used: 0, memory: 0 });
  });
});

describe('a spool that goes into a file', () => {
  const reads = fc.array(fc.array(fc.oneof(fc.nat(400), fc.nat(60_000)), { minLength: 1, maxLength: 30 }), {
    minLength: 1,
    maxLength: 12,
  });

  it('gives every row as it came, from memory and file alike, while it is written and after', async () => {
    await fc.assert(
      fc.asyncProperty(reads, fc.nat(), fc.nat(40), fc.nat(300_000), async (sizes, from, limit, maxBytes) => {
        const { spool } = open({ memoryBytes: 50_000 });
        const rows = sizes.flat().map((size, at) => row(size, at));
        const slices: { at: number; count: number; read: Promise<Buffer> }[] = [];
        let count = 0;
        for (const read of sizes) {
          void spool.append(Buffer.concat(rows.slice(count, count + read.length)), read.length);
          count += read.length;
          const at = from % count;
          slices.push({ at, count, read: sliced(spool, at, limit, maxBytes) });
          await new Promise((resolve) => setImmediate(resolve));
        }
        for (const { at, count: there, read } of slices)
          expect((await read).equals(expected(rows.slice(0, there), at, limit, maxBytes))).toBe(true);
        const all = await sliced(spool, 0, rows.length);
        expect(all.equals(Buffer.concat(rows))).toBe(true);
        spool.close();
      }),
      { numRuns: 60 },
    );
  });

  it('gives rows in any order, as many as reach the wanted size, and parts of them', async () => {
    const picks = fc.array(fc.nat(), { minLength: 1, maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(
        reads,
        picks,
        fc.nat(300_000),
        fc.boolean(),
        async (sizes, wanted, maxBytes, isWide) => {
          const { spool } = open({ memoryBytes: 50_000 });
          const rows = sizes.flat().map((size, at) => row(isWide ? size : size % 100, at));
          let count = 0;
          for (const { length } of sizes) {
            void spool.append(Buffer.concat(rows.slice(count, count + length)), length);
            count += length;
          }
          const numbers = Uint32Array.from(wanted, (number) => number % rows.length);
          const inOrder = Array.from(numbers, (number) => rows[number] ?? Buffer.alloc(0));
          const picked = spool.pick(numbers, maxBytes);
          const [number = 0] = numbers;
          const [from, to] = [maxBytes % 1_000, maxBytes % 70_000];
          const part = await spool.part(number, from, Math.max(from, to));
          expect(part.equals(rows[number]?.subarray(from, Math.max(from, to)) ?? part)).toBe(true);
          const whole = expected(inOrder, 0, inOrder.length, maxBytes);
          expect(Buffer.concat(await picked).equals(whole)).toBe(true);
          spool.close();
          expect(await spool.pick(numbers, 1)).toEqual([]);
          expect(await spool.part(number, 0, 9)).toHaveLength(0);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('reads no more than about what is wanted of rows that lie far apart, and keeps little of large ones', async () => {
    const { spool } = open({ memoryBytes: 1_000_000 });
    const rows = Array.from({ length: 40_000 }, (_, at) => row(90, at));
    for (let at = 0; at < rows.length; at += 600)
      await spool.append(Buffer.concat(rows.slice(at, at + 600)), rows.slice(at, at + 600).length);
    for (let at = 0; at < 30; at += 1) await spool.append(row(500_000, at), 1);
    const scattered = Uint32Array.from({ length: 200 }, (_, at) => (at * 7_919) % rows.length);
    const taken = vi.spyOn(RowPicker.prototype, 'take');
    await spool.pick(scattered, Infinity);
    const read = taken.mock.calls.reduce((sum, [, bytes]) => sum + bytes.length, 0);
    expect(read).toBeLessThan(200 * 3 * 4_096);
    const large = Uint32Array.from({ length: 30 }, (_, at) => rows.length + 29 - at);
    const parts = await spool.pick(large, 600_000);
    expect(Buffer.concat(parts).equals(Buffer.concat([row(500_000, 29), row(500_000, 28)]))).toBe(true);
    taken.mockRestore();
    spool.close();
  });

  function expected(rows: Buffer[], at: number, limit: number, maxBytes: number): Buffer {
    let bytes = 0;
    const wanted = rows.slice(at, at + limit).filter(({ length }) => {
      const isIn = bytes < maxBytes;
      if (isIn) bytes += length;
      return isIn;
    });
    return Buffer.concat(wanted);
  }

  it('asks for a pause while the disk cannot follow, and keeps little in memory then', async () => {
    const { spool, store } = open({ memoryBytes: 1_000_000 });
    const read = Buffer.concat(Array.from({ length: 60 }, () => row(1_000)));
    for (let at = 0; at < 400; at += 1) await spool.append(read, 60);
    await until(() => store.memory <= 3 * 1024 * 1024);
    expect(spool).toMatchObject({ rowCount: 24_000, full: undefined });
    expect((await sliced(spool, 23_990, 100)).length).toBe(10 * 1_011);
    spool.close();
    await until(() => store.memory === 0);
  });

  it('also does so when all results together are large, but not where it is small itself', async () => {
    const { spool, store } = open({ totalMemoryBytes: 3_000_000 });
    void spool.append(row(2_900_000), 1);
    const small = store.open();
    void small.append(row(500_000), 1);
    const large = store.open();
    for (let at = 0; at < 3; at += 1) void large.append(row(1_000_000, at), 1);
    await until(() => store.memory < 7_000_000);
    for (const each of [spool, small, large]) expect(each.full).toBeUndefined();
    expect((await sliced(large, 2, 1)).equals(row(1_000_000, 2))).toBe(true);
    for (const each of [spool, small, large]) each.close();
  });

  it('leaves no name behind it while it is open, and no file once it is closed', async () => {
    const { spool } = open({ memoryBytes: 1_000 });
    for (let at = 0; at < 20; at += 1) await spool.append(row(10_000), 1);
    await until(() => (namelessFiles() ?? 1) === 1);
    const late = spool.slice(0, 20, Infinity);
    spool.close();
    // It was read while it went: what comes is nothing, not an error.
    expect(await late).toEqual([]);
    await until(() => (namelessFiles() ?? 0) === 0 && readdirSync(join(folder, 'spool')).length === 0);
  });

  it('loses nothing of what it took where no file can be made, and says why it takes no more', async () => {
    writeFileSync(join(folder, 'spool'), 'in the way');
    const { spool } = open({ memoryBytes: 100_000 });
    for (let at = 0; !spool.full; at += 1) {
      await spool.append(row(10_000, at), 1);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(spool).toMatchObject({ full: 'disk', problem: { code: 'STORE_READ_ONLY' } });
    const { rowCount } = spool;
    expect(rowCount).toBeGreaterThan(10);
    expect((await sliced(spool, rowCount - 1, 1)).equals(row(10_000, rowCount - 1))).toBe(true);
    void spool.append(row(1), 1);
    expect(spool.rowCount).toBe(rowCount);
    spool.close();
  });

  it('loses nothing of what it took on a full disk, and says so', async () => {
    mkdirSync(join(folder, 'spool'));
    // A limit for the size of a file, which the system enforces for every user, needs no disk of its own.
    const limited = ['sh', '-c', 'ulimit -f 2048 && exec "$@"', 'sh'];
    const program = startProgram('fullSpool', [join(folder, 'spool')], limited);
    expect(JSON.parse(await program.line((line) => line.startsWith('{')))).toEqual({
      full: 'disk',
      code: 'STORE_FULL',
      isWhole: true,
    });
  });
});
