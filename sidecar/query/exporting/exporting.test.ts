import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readXlsx } from 'hucre/xlsx';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { exportOptionsSchema, type ExportFormat } from '#shared/query/exporting.ts';
import { sweepHalfFiles } from '../../storage/halfFiles.ts';
import { dataPaths } from '../../storage/paths.ts';
import { ByteWriter } from './byteWriter.ts';
import { createEncoder, layoutOf, rowFileOpener } from './rowFile.ts';
import { TargetFile } from './targetFile.ts';

type Value = string | null;

function dataRow(values: Value[]): Buffer {
  const body = [Buffer.alloc(7)];
  for (const value of values) {
    const length = Buffer.alloc(4);
    length.writeInt32BE(value === null ? -1 : Buffer.byteLength(value));
    body.push(length, Buffer.from(value ?? ''));
  }
  const bytes = Buffer.concat(body);
  bytes.write('D', 0);
  bytes.writeInt32BE(bytes.length - 1, 1);
  bytes.writeInt16BE(values.length, 5);
  return bytes;
}

const column = (name: string, typeOid: number) => ({ name, typeOid, typeName: '' });
const columns = [column('id', 20), column('yes', 16), column('t', 25), column('t', 25), column('doc', 114)];
const rows: Value[][] = [
  ['9007199254740993', 't', `it's "x"\\`, '', '{"a":\n1.10}'],
  ['-1.50e+300', 'f', 'é|\n😀', null, null],
  ['NaN', null, '\u0001<b>', ' _x0041_ ', '[]'],
];
const bytes = Buffer.concat(rows.map(dataRow));

function encoded(format: Exclude<ExportFormat, 'xlsx'>, options: object = {}, chosen?: number[]): string {
  const layout = layoutOf(columns, { columns: chosen, options: exportOptionsSchema.parse(options) });
  const encoder = createEncoder(format, layout);
  return Buffer.concat([encoder.begin(), encoder.rows(bytes), encoder.end()]).toString();
}

describe('exported rows', () => {
  it('are JSON with every digit, and with keys of their own', () => {
    const lines = encoded('ndjson').trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toBe(
      String.raw`{"id":9007199254740993,"yes":true,"t":"it's \"x\"\\","t_2":"","doc":{"a": 1.10}}`,
    );
    expect(lines[1]).toContain('"id":-1.50e+300,"yes":false,"t":"é|\\n😀","t_2":null,"doc":null');
    expect(JSON.parse(lines[2] ?? '')).toMatchObject({ id: 'NaN', t: '\u0001<b>', doc: [] });
    const array = JSON.parse(encoded('json')) as unknown[];
    expect(array).toEqual(lines.map((line) => JSON.parse(line) as unknown));
    const none = createEncoder('json', layoutOf(columns, {}));
    expect(Buffer.concat([none.begin(), none.end()]).toString()).toBe('[]\n');
  });

  it('are INSERT statements that any server reads', () => {
    const sql = encoded('sql', { table: { schema: 's', name: 'My "t"' } }, [2, 0, 1]);
    expect(sql).toBe(
      String.raw`INSERT INTO "s"."My ""t""" ("t", "id", "yes") VALUES
  (E'it''s "x"\\', 9007199254740993, true),
  ('é|` + `\n😀', -1.50e+300, false),\n  ('\u0001<b>', 'NaN', NULL);\n`,
    );
  });

  it('are a Markdown table of one line a row', () => {
    const lines = encoded('markdown', { nullText: '-' }, [0, 2, 3]).split('\n');
    expect(lines.slice(0, 2)).toEqual(['| id | t | t |', '| ---: | --- | --- |']);
    expect(lines[2]).toBe(String.raw`| 9007199254740993 | it's "x"\\ |  |`);
    expect(lines[3]).toBe(String.raw`| -1.50e+300 | é\|<br>😀 | - |`);
    expect(lines[4]).toContain('\\<b>');
  });

  it('take little memory again after a large value', () => {
    const out = new ByteWriter();
    out.copy(Buffer.alloc(10_000_000), 0, 10_000_000);
    expect(out.take()).toHaveLength(10_000_000);
    expect(out.bytes.length).toBeLessThan(1_000_000);
  });

  it('are CSV that no spreadsheet runs, where that is asked for', () => {
    const formulas = Buffer.concat(
      [
        ['-1', null, '=a"', '@x', '+'],
        ['2', 't', '-', '\tx', '1'],
      ].map(dataRow),
    );
    const layout = layoutOf(columns, {
      options: exportOptionsSchema.parse({ formulaGuard: true, lineEnd: '\r\n', header: false }),
    });
    expect(createEncoder('csv', layout).rows(formulas).toString()).toBe(
      `-1,,"'=a""",'@x,'+\r\n2,t,'-,'\tx,1\r\n`,
    );
    expect(createEncoder('tsv', layout).rows(formulas).toString()).toContain(`-\t"'\tx"\t1`);
  });
});

describe('a workbook', () => {
  let folder: string;
  beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'hawser-xlsx-'))));
  afterAll(() => rm(folder, { recursive: true }));

  it('keeps numbers that a sheet can hold as numbers, all others and text as they are', async () => {
    const path = join(folder, 'rows.xlsx');
    const own = await mkdtemp(join(folder, 'own-'));
    const file = await TargetFile.open(path, own);
    const book = (await rowFileOpener('xlsx'))(layoutOf(columns, {}), file);
    await book.rows(bytes);
    const long = `${'x'.repeat(32_766)}😀${'y'.repeat(9_000)}`;
    await book.rows(dataRow(['12.50', null, '=1+1', long, null]));
    await book.rows(dataRow(['5e-324', null, null, null, null]));
    await book.finish();
    await file.commit();
    expect(book.warnings).toEqual(['A cell ends at 32,767 characters: one was cut.']);
    const { sheets } = await readXlsx(await readFile(path));
    expect(sheets[0]?.rows[0]).toEqual(['id', 'yes', 't', 't_2', 'doc']);
    expect(sheets[0]?.rows[1]?.slice(0, 3)).toEqual(['9007199254740993', true, `it's "x"\\`]);
    expect(sheets[0]?.rows[2]?.[0]).toBe(-1.5e300);
    expect(sheets[0]?.rows[4]?.slice(0, 3)).toEqual([12.5, null, '=1+1']);
    expect(sheets[0]?.rows[4]?.[3]).toBe('x'.repeat(32_766));
    // A sheet has no number that is so near to zero.
    expect(sheets[0]?.rows[5]?.[0]).toBe('5e-324');
    expect((await readdir(folder)).sort()).toEqual(['rows.xlsx', own.split('/').at(-1)].sort());
  });

  it('has dates that a sheet can hold as dates', async () => {
    const path = join(folder, 'dates.xlsx');
    const file = await TargetFile.open(path, await mkdtemp(join(folder, 'own-')));
    const layout = layoutOf([column('d', 1082), column('at', 1114)], {});
    const book = (await rowFileOpener('xlsx'))(layout, file);
    const dates: Value[][] = [
      ['2024-02-29', '1999-12-31 23:59:59.25'],
      ['infinity', '2024-01-01 00:00:00.000001'],
      ['0044-03-15 BC', '1900-02-28 00:00:00'],
      ['29.02.2024', null],
    ];
    for (const each of dates) await book.rows(dataRow(each));
    await book.finish();
    await file.commit();
    const { sheets } = await readXlsx(await readFile(path));
    expect(sheets[0]?.rows).toEqual([
      ['d', 'at'],
      [new Date('2024-02-29T00:00Z'), new Date('1999-12-31T23:59:59.250Z')],
      ...dates.slice(1),
    ]);
  });

  it('that cannot go on says so, and keeps nobody waiting', async () => {
    const file = await TargetFile.open(join(folder, 'fails.xlsx'), await mkdtemp(join(folder, 'own-')));
    vi.spyOn(file, 'write').mockImplementation(() => {
      throw new Error('no more');
    });
    const book = (await rowFileOpener('xlsx'))(layoutOf(columns, {}), file);
    const many = Buffer.concat(Array.from({ length: 5_000 }, () => bytes));
    await book.rows(many);
    await book.rows(many);
    await expect(book.finish()).rejects.toThrow();
    expect(file.failure).toMatchObject({ code: 'FILE_NOT_WRITABLE' });
    await file.discard();
  });
});

describe('the file that is written', () => {
  it('is swept where its process was killed before it was whole, and nothing else is', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hawser-killed-'));
    const own = join(folder, 'own');
    const { spool } = dataPaths(own);
    await mkdir(own);
    const whole = await TargetFile.open(join(folder, 'whole.csv'), own);
    await whole.commit();
    await (await TargetFile.open(join(folder, 'given up.csv'), own)).discard();
    expect(await readdir(spool)).toEqual([]);
    const killed = await TargetFile.open(join(folder, 'killed.csv'), own);
    await writeFile(join(spool, 'forged.half'), join(folder, 'whole.csv'));
    expect(await readdir(folder)).toHaveLength(3);
    await sweepHalfFiles(spool);
    expect((await readdir(folder)).sort()).toEqual(['own', 'whole.csv']);
    await killed.discard();
    await rm(folder, { recursive: true });
  });

  it.skipIf(!('seteuid' in process))('does not take the place of one that may only be read', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hawser-kept-'));
    const path = join(folder, 'kept.csv');
    await writeFile(path, 'old');
    await chmod(path, 0o444);
    await chmod(folder, 0o777);
    const isRoot = process.geteuid?.() === 0;
    // For root there is no such file.
    if (isRoot) process.seteuid?.(65_534);
    try {
      await expect(TargetFile.open(path, '/dev')).rejects.toMatchObject({ code: 'FILE_NOT_WRITABLE' });
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
    expect(await readdir(folder)).toEqual(['kept.csv']);
    await rm(folder, { recursive: true });
  });

  it('may have a name as long as names can be', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hawser-name-'));
    const name = `${'漢'.repeat(83)}.csv`;
    const file = await TargetFile.open(join(folder, name), import.meta.dirname);
    await file.write(Buffer.from('x'));
    await file.commit();
    expect(await readdir(folder)).toEqual([name]);
    await rm(folder, { recursive: true });
  });
});
