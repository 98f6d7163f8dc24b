import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPostgres, type TestServer } from '../../test/postgresServer.ts';
import { openRunStage, type RunStage, type WatchedRun } from '../../test/runStage.ts';

let server: TestServer;
let stage: RunStage;
let folder: string;

beforeAll(async () => {
  [server, folder] = await Promise.all([startPostgres(), mkdtemp(join(tmpdir(), 'hawser-copy-'))]);
  stage = await openRunStage(server);
  await stage.run('create table goods (id int primary key, name text, price numeric)');
});

afterAll(async () => {
  await stage.close();
  await server.stop();
  await rm(folder, { recursive: true });
});

const path = (name: string) => join(folder, name);
const count = () => stage.value('select count(*) from goods');

/** Values that every rule of quoting meets. */
const hostile = `select * from (values
  (1, 'plain', 1.50, null, true), (2, '', 'NaN', '', false), (3, ' a,b ', -0, E'\\t', null),
  (4, 'say "x"', 1e30, E'two\\nlines', true), (5, E'cr\\rhere', 0.1, '\\.', false), (6, E'back\\\\slash', 7, 'é€😀', true),
  (7, '=1+1', -12.5, '\\N', null), (8, 'NULL', null, ',', true)) v(id, "a ""name"", odd", price, rest, yes)`;

describe('COPY TO STDOUT', () => {
  it.each([
    ['', 'column 2'],
    ['(format csv)', 'column 2'],
    ['(format csv, header)', 'a "name", odd'],
    [
      `(format csv, delimiter ';', quote '$', escape '#', null 'nil', force_quote *, header)`,
      'a "name", odd',
    ],
    [`(delimiter '|', null 'x', header)`, 'a "name", odd'],
  ])('shows its lines as rows, in columns as its options say: %s', async (options, name) => {
    const { rows: shown, results, ended } = await stage.run(`copy (${hostile}) to stdout ${options}`);
    const { rows: selected } = await stage.run(hostile);
    expect(ended.outcome).toBe('done');
    expect(results[0]?.columns[1]?.name).toBe(name);
    expect(shown[0]).toEqual(selected[0]);
  });

  it('shows whole lines where the columns cannot be told apart with certainty', async () => {
    const { rows, results } = await stage.run(
      `copy (select 'a', 'b') to stdout (encoding 'sjis'); copy (select) to stdout`,
    );
    expect(results[0]?.columns.map((column) => column.name)).toEqual(['line']);
    expect(rows).toEqual([[['a\tb']], [['']]]);
  });

  it('goes to a file byte for byte, whatever its format, and the next one is shown', async () => {
    const text = `copy (${hostile}) to stdout (format binary); copy (select 1) to stdout`;
    const { run, ended, rows } = await stage.run(text, { copyTo: path('copy.bin') });
    expect(ended.outcome).toBe('done');
    expect(rows).toEqual([[], [['1']]]);
    const bytes = await readFile(path('copy.bin'));
    expect(bytes.subarray(0, 11).toString('latin1')).toBe('PGCOPY\n\xff\r\n\0');
    const [first] = run.told('query.resultEnded');
    expect(first).toMatchObject({ commandTag: 'COPY 8' });
    expect(first?.saved).toEqual({ path: path('copy.bin'), bytes: bytes.length });
  });

  it('in binary is refused where it has no file, before anything of the text is sent', async () => {
    const text = `insert into goods values (99); copy goods to stdout (format binary)`;
    const { ended } = await stage.run(text);
    expect(ended).toMatchObject({
      error: { code: 'COPY_NEEDS_FILE', outcome: 'none' },
      statement: { index: 1 },
    });
    expect(await count()).toBe('0');
  });

  it('runs where one may only read, and COPY FROM does not', async () => {
    stage.connections.readOnly.override('reader', stage.connectionId, 'guarded');
    const reader = { sessionId: 'reader', tabId: 'r' };
    const out = await stage.run(
      'copy (select 5) to stdout; copy goods to stdout (format csv, header)',
      reader,
    );
    expect(out.ended.error).toBeUndefined();
    expect(out.rows).toEqual([[['5']], []]);
    for (const text of ['copy goods from stdin;\n1\n\\.', "copy (select nextval('s')) to stdout"]) {
      const { ended } = await stage.run(text, reader);
      expect(ended.error?.code).toBe('READ_ONLY_VIOLATION');
    }
  });
});

describe('COPY FROM STDIN', () => {
  it('reads a file a statement, in their order, and lines that stand in the text', async () => {
    await writeFile(path('one.csv'), 'id,name\n1,"a,b"\n2,\n');
    await writeFile(path('two.tsv'), '3\tc\\td\t\\N\n');
    const text = `begin; copy goods (id, name) from stdin (format csv, header); copy goods from stdin;
4\tit's; "fine" $$ /* \t4.25
\\.
copy goods from stdin; commit`;
    const { ended, run } = await stage.run(text, { copyFrom: [path('one.csv'), path('two.tsv')] });
    expect(ended.error).toBeUndefined();
    expect(run.told('query.resultEnded').map(({ commandTag }) => commandTag)).toEqual([
      'BEGIN',
      'COPY 2',
      'COPY 1',
      'COPY 1',
      'COMMIT',
    ]);
    const { rows } = await stage.run('delete from goods returning *');
    expect(rows[0]).toEqual([
      ['1', 'a,b', null],
      ['2', null, null],
      ['4', `it's; "fine" $$ /* `, '4.25'],
      ['3', 'c\td', null],
    ]);
  });

  it('asks for all files before anything of the text is run, and says why one cannot be read', async () => {
    const text = 'insert into goods values (1); copy goods from stdin; copy goods from stdin';
    const { ended } = await stage.run(text, { copyFrom: path('one.csv') });
    expect(ended).toMatchObject({
      outcome: 'failed',
      statement: { index: 2 },
      error: {
        code: 'COPY_NEEDS_FILE',
        reason: 'fromStdin',
        outcome: 'none',
        detail: { statements: [{ from: 30 }, { from: 53 }] },
        actions: [{ id: 'chooseFile' }],
      },
    });
    const missing = await stage.run('copy goods from stdin', { copyFrom: path('none') });
    expect(missing.ended.error).toMatchObject({ code: 'FILE_NOT_FOUND', outcome: 'none' });
    expect(missing.ended.error?.message).toContain(path('none'));
    expect(await count()).toBe('0');
  });

  it('names the line of an error, copies nothing then, and goes on', async () => {
    await writeFile(path('bad.tsv'), `1\ta\t1\n${'2\tb\tno number\n'.repeat(200_000)}`);
    const { ended } = await stage.run('copy goods from stdin', { copyFrom: path('bad.tsv') });
    expect(ended.error).toMatchObject({ sqlstate: '22P02' });
    expect(ended.error?.detail).toContain('COPY goods, line 2, column price: "no number"');
    await writeFile(path('latin1.tsv'), Buffer.from('1\tcaf\xe9\t1\n', 'latin1'));
    const other = await stage.run('copy goods from stdin', { copyFrom: path('latin1.tsv') });
    expect(other.ended.error?.hint).toContain('ENCODING');
    expect(await count()).toBe('0');
  });

  it('copies nothing where it is cancelled, although the server waits for data, and tells how far it was', async () => {
    await writeFile(path('big.tsv'), '5\tx\t1\n'.repeat(2_000_000));
    await stage.run('create table heap (id int, name text, price numeric)');
    const run = stage.start('copy heap from stdin', { copyFrom: path('big.tsv') });
    const [progress] = await stage.until(() => {
      const told = run.told('query.progress');
      return told.length > 0 ? told : undefined;
    });
    expect(progress).toMatchObject({ totalBytes: 12_000_000 });
    await stage.runs.cancel('s', { runId: run.runId });
    expect((await run.ended()).outcome).toBe('cancelled');
    expect(await stage.value('select count(*) from heap')).toBe('0');
    expect(await stage.value('select pg_backend_pid() is not null')).toBe('t');
  });
});

describe('a connection that is lost', () => {
  const endless = 'select generate_series(1, 100000000)';

  /** Ends the session of a run once it is at work. */
  async function cut(run: WatchedRun): Promise<void> {
    await stage.until(() => run.told('query.progress')[0]);
    await server.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where query ~ '^(copy|select gen)'",
    );
  }

  it('amid the data of a COPY is no doubt about what was copied: nothing', async () => {
    await stage.run(`create table slow (id int, name text, price numeric);
      create function wait() returns trigger language plpgsql as 'begin perform pg_sleep(1); return new; end';
      create trigger wait before insert on slow for each row execute function wait()`);
    await writeFile(path('slow.tsv'), '5\tx\t1\n'.repeat(2_000_000));
    const run = stage.start('copy slow from stdin', { copyFrom: path('slow.tsv') });
    await cut(run);
    const { outcome, error } = await run.ended();
    expect(outcome).toBe('lost');
    expect(error).toMatchObject({ outcome: 'rolledBack' });
    expect(error?.hint).toContain('Nothing was copied');
    expect(await stage.value('select count(*) from slow')).toBe('0');
  });

  it.each([
    [`copy (${endless}) to stdout`, { copyTo: 'cut' }],
    [endless, { saveTo: 'csv' }],
  ] as const)('leaves nothing of a file behind: %s %o', async (text, place) => {
    const params =
      'copyTo' in place
        ? { copyTo: path(place.copyTo) }
        : { saveTo: { path: path('cut'), format: place.saveTo } };
    const run = stage.start(text, params);
    await cut(run);
    expect((await run.ended()).outcome).toBe('lost');
    expect(run.told('query.resultEnded')[0]?.saved).toBeUndefined();
    expect((await readdir(folder)).filter((name) => name.includes('cut'))).toEqual([]);
  });
});

describe('rows that go to a file', () => {
  it.each([
    ['(format csv, header)', {}],
    ['(format csv)', { header: false }],
    [`(format csv, header, delimiter ';', null 'NULL')`, { delimiter: ';', nullText: 'NULL' }],
    [`(format csv, header, delimiter E'\\t', null '\\N')`, { delimiter: '\t', nullText: '\\N' }],
  ])('are CSV as COPY writes it: %s', async (copyOptions, options) => {
    const queries = [
      hostile,
      `select E'\\\\.' as a union all select ''`,
      `select '' as ""`.replace('""', '"x"'),
    ];
    for (const sql of queries) {
      await stage.run(`copy (${sql}) to stdout ${copyOptions}`, { copyTo: path('copied') });
      const full = { header: true, nullText: '', lineEnd: '\n', formulaGuard: false, ...options } as const;
      const saved = await stage.run(sql, { saveTo: { path: path('saved'), format: 'csv', options: full } });
      expect(saved.ended.error).toBeUndefined();
      const { results } = await stage.run(sql);
      const abort = new AbortController();
      await stage.runs.exports.run(
        's',
        { resultId: results[0]?.resultId ?? '', format: 'csv', path: path('exported'), options: full },
        abort.signal,
      );
      const copied = await readFile(path('copied'), 'latin1');
      expect(await readFile(path('saved'), 'latin1')).toBe(copied);
      expect(await readFile(path('exported'), 'latin1')).toBe(copied);
    }
  });

  it('take the place of what was there only when they are whole', async () => {
    await writeFile(path('kept'), 'old');
    await symlink(path('kept'), path('link'));
    const saveTo = { path: path('link'), format: 'ndjson' } as const;
    const failed = await stage.run('select 1 / (3 - n) from generate_series(1, 5) n', { saveTo });
    expect(failed.ended.error).toMatchObject({ sqlstate: '22012' });
    expect(await readFile(path('kept'), 'utf8')).toBe('old');
    const none = await stage.run('create temp table y ()', { saveTo });
    expect(none.run.told('query.resultEnded')[0]?.saved).toBeUndefined();
    const run = stage.start('select generate_series(1, 100000000)', { saveTo });
    await stage.until(() => run.told('query.progress')[0]);
    await stage.runs.cancel('s', { runId: run.runId });
    expect((await run.ended()).outcome).toBe('cancelled');
    expect(await readFile(path('kept'), 'utf8')).toBe('old');
    const done = await stage.run('select 1 as n', { saveTo });
    expect(done.run.told('query.resultEnded')[0]).toMatchObject({
      rowCount: 1,
      saved: { path: path('kept') },
    });
    expect(await readFile(path('link'), 'utf8')).toBe('{"n":1}\n');
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('are refused where they cannot be written, with the path, before anything is sent', async () => {
    await mkdir(path('dir'));
    for (const [place, why] of [
      [path('dir'), 'is a folder'],
      [path('no/where'), 'its folder is not there'],
      ['/dev/full', 'no ordinary file'],
      [join(stage.dataFolder, 'connections.json'), 'own data'],
    ]) {
      const saveTo = { path: place ?? '', format: 'csv' } as const;
      const { ended } = await stage.run('insert into goods values (1) returning id', { saveTo });
      expect(ended.error).toMatchObject({ code: 'FILE_NOT_WRITABLE', outcome: 'none' });
      expect(ended.error?.message).toContain(place);
      expect(ended.error?.message).toContain(why);
    }
    const two = await stage.run('select 1; select 2', { saveTo: { path: path('x'), format: 'csv' } });
    expect(two.ended.error?.message).toContain('one statement');
    expect(await count()).toBe('0');
  });
});
