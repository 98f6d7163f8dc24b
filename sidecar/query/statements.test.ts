import fc from 'fast-check';
import { parseSync, loadModule } from 'libpg-query';
import { beforeAll, describe, expect, it } from 'vitest';
import { Lexer } from '#shared/sql/lexer.ts';
import { StatementCutter } from '#shared/sql/statementCutter.ts';
import { splitStatements, sqlOf } from './statements.ts';

const split = async (text: string): Promise<string[]> =>
  (await splitStatements(text)).map(({ from, to }) => text.slice(from, to));
const kinds = async (text: string): Promise<string[]> =>
  (await splitStatements(text)).map(({ kind }) => kind);

function splitByTokens(text: string): string[] {
  const cutter = new StatementCutter(text);
  for (const lexer = new Lexer(text); lexer.next();) cutter.add(lexer);
  return cutter.finish().map(({ from, to }) => text.slice(from, to));
}

describe('where the statements of a text stand', () => {
  it('leaves out semicolons, white space around them and empty statements', async () => {
    expect(await split('  select 1 ; ;;\n\tselect 2')).toEqual(['select 1', 'select 2']);
    expect(await split('')).toEqual([]);
    expect(await split(' ;; -- nothing\n/* at all */ ; ')).toEqual([]);
  });

  it('sees no end of a statement within strings, quoted names, dollar quotes and comments', async () => {
    const parts = [
      `select 'a;b''c;'`,
      `select E'a\\';b', "x;y"`,
      'select $$ a; $x$ ; $$, $x$ ;$$; $x$',
      'select 1 /* a; /* b; */ c; */ + 1',
      'select 1 -- a;\n + 2',
    ];
    expect(await split(`${parts.join(';\n')};`)).toEqual(parts);
  });

  it('keeps the body of a routine and of a rule in one piece', async () => {
    const parts = [
      'create or replace function f() returns int begin atomic select case when true then 1 end; select 2; end',
      'create procedure p() begin atomic; insert into t values (1); end',
      'create rule r as on insert to t do also (delete from a; delete from b)',
      'select 1',
    ];
    expect(await split(parts.join('; '))).toEqual(parts);
  });

  it('counts in UTF-16 code units, whatever the characters before are', async () => {
    const text = "select 'äö€😀', \"ñ😀\"; -- 😀\nselect '😀'; select 3";
    expect(await splitStatements(text)).toEqual([
      { from: 0, to: 21, kind: 'other' },
      { from: text.indexOf("select '😀'"), to: text.indexOf('; select 3'), kind: 'other' },
      { from: text.length - 8, to: text.length, kind: 'other' },
    ]);
  });

  it('takes halves of surrogate pairs and NUL characters as they come', async () => {
    expect(await split("select '\ud83d'; select '\0'; select '\ude00', 3; select 4")).toEqual([
      "select '\ud83d'",
      "select '\0'",
      "select '\ude00', 3",
      'select 4',
    ]);
  });

  it('splits a text that does not parse by its tokens', async () => {
    expect(
      await split("sel ect 1; select 'a;b'; insert into; select (2; select 1x; \\d t; select 3"),
    ).toEqual(['sel ect 1', "select 'a;b'", 'insert into', 'select (2', 'select 1x', '\\d t', 'select 3']);
  });

  it('takes a command of psql for a statement of its own, to the end of its line', async () => {
    const text = "select 1\n\\d+ it's\n-- why\n\\copy t (a) from 'x;y' \nselect 2 \\g\n\\dt; select E'\\d'";
    expect(await split(text)).toEqual([
      ...[
        'select 1',
        "\\d+ it's",
        "-- why\n\\copy t (a) from 'x;y'",
        'select 2',
        '\\g',
        '\\dt',
        "select E'\\d'",
      ],
    ]);
    expect((await kinds(text)).filter((kind) => kind === 'metaCommand')).toHaveLength(4);
  });

  it.each(["select 'x;", 'select "x;', 'select $a$ x;', 'select /* x;', "select E'x\\';"])(
    'takes what follows an unclosed quote or comment as one statement: %s',
    async (open) => {
      expect(await split(`select 1; ${open} select 2`)).toHaveLength(2);
      expect((await split(`select 1; ${open} select 2`))[0]).toBe('select 1');
    },
  );

  it('falls back to the tokens where a text is nested too deeply for the parser', async () => {
    const chain = `select 1${'+1'.repeat(20_000)}`;
    expect(await split(`${chain}; select 2`)).toEqual([chain, 'select 2']);
  });

  it('splits a text of 8 MB and lets other work run meanwhile', async () => {
    const line = "insert into t (id, name) values (1, 'a;b');\n";
    const text = line.repeat(Math.ceil((8 * 1024 * 1024) / line.length));
    let turns = 0;
    const count = () => {
      turns += 1;
      if (turns > 0) next = setImmediate(count);
    };
    let next = setImmediate(count);
    const found = await splitStatements(text);
    clearImmediate(next);
    expect(found).toHaveLength(text.length / line.length);
    expect(found.at(-1)).toEqual({ from: text.length - line.length, to: text.length - 2, kind: 'other' });
    expect(turns).toBeGreaterThan(10);
  });
});

describe('which comments belong to a statement', () => {
  it('takes along what stands directly above or before it', async () => {
    expect(await split('-- one\n/* two */\nselect 1; /*+ hint */ select 2')).toEqual([
      '-- one\n/* two */\nselect 1',
      '/*+ hint */ select 2',
    ]);
  });

  it('leaves what an empty line separates, and what ends the line of the statement before', async () => {
    expect(
      await split('-- file\n\n-- why\nselect 1; -- about 1\nselect 2 -- about 2\n; select 3 -- end'),
    ).toEqual(['-- why\nselect 1', 'select 2', 'select 3']);
  });
});

describe('the kind of a statement', () => {
  it('leaves the lines of data behind COPY FROM STDIN alone, as psql does', async () => {
    const data = '1\tit\'s; select $$ /* "\n\\.x\n';
    const text = `select 1;\ncopy t from stdin; -- why\n\nselect 2;\ncopy t from stdin;  \r\n${data}\\.\nselect 3; copy t from stdin;\n\\.`;
    const statements = await splitStatements(text);
    expect(statements.map((each) => sqlOf(text, each))).toEqual([
      'select 1',
      'copy t from stdin',
      '-- why\n\nselect 2'.slice(8),
      'copy t from stdin',
      'select 3',
      'copy t from stdin',
    ]);
    expect(statements.map((each) => each.data && text.slice(each.data.from, each.data.to))).toEqual([
      undefined,
      undefined,
      undefined,
      data,
      undefined,
      '',
    ]);
    expect(text.slice(statements[3]?.from, statements[3]?.to).endsWith('\n\\.')).toBe(true);
  });

  it('tells COPY through the client from every other COPY', async () => {
    const text = `copy t from stdin; COPY public."t" (a, b) FROM STDIN WITH (format csv); copy t to stdout;
      copy (select 1 from stdin) to stdout; copy t from '/tmp/stdin'; copy stdin to program 'cat'; copy t from stdout;
      -- copy t from stdin
      select 'copy t from stdin'`;
    expect(await kinds(text)).toEqual([
      ...['copyFromStdin', 'copyFromStdin', 'copyToStdout', 'copyToStdout'],
      ...['other', 'other', 'copyFromStdin', 'other'],
    ]);
  });

  it('knows what begins, ends or divides a transaction', async () => {
    const text = `BEGIN; start transaction; savepoint a; release a; rollback to a; prepare transaction 'x'; abort; end;
      commit; prepare x as select 1; set local a.b = 1`;
    expect(await kinds(text)).toEqual([...Array<string>(9).fill('transaction'), 'other', 'other']);
  });
});

describe('the tokens and the parser', () => {
  beforeAll(loadModule);

  const statement = fc.constantFrom(
    "select 'it''s; ', e'\\'; ', $1",
    'select "a;""b", 1.5e3, .5',
    'do $do$ begin perform 1; perform $$x;$$; end $do$',
    'create function f(a int) returns int language sql begin atomic; select case a when 1 then 2 end; end',
    'create or replace procedure p() begin atomic select 1; end',
    'create rule r as on update to t do instead (select 1; select 2)',
    "select U&'d\\0061t;\\+000061', b'01', x'1F', n'ä😀;'",
    "select 'a'\n  ';b', e'\\\\'\n ';\\';'",
    'select a -- ;\n /* ; /* ; */ */ from t where a <-- ;\n 3',
    'begin',
    'end',
    "comment on table t is '😀;'",
    'select a$b$c, $_ä$;$_ä$ from t$x',
    'select 1 as begin, atomic, (case when true then 2 end)',
  );
  const between = fc.constantFrom(';', ' ; ', ';;\n', ';\n-- c;\n', ';/* ; */', ';\r\n\r\n');

  it('agree wherever the text parses', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(statement, between), { minLength: 1, maxLength: 8 }),
        async (parts) => {
          const text = parts.flat().join('');
          expect(parseSync(text).stmts).toHaveLength(parts.length);
          const found = splitByTokens(text);
          expect(found).toHaveLength(parts.length);
          parts.forEach(([part], index) => expect(found[index]?.endsWith(part)).toBe(true));
          expect(await split(text)).toEqual(found);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('give ranges in order that cover every token, for any text at all', async () => {
    const pieces = fc.constantFrom(
      "'",
      '"',
      '$$',
      '$a$',
      ';',
      '(',
      ')',
      '--',
      '/*',
      '*/',
      '\n',
      ' ',
      'select',
      'e',
      '\\',
      '1',
      '😀',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(pieces, { maxLength: 40 }), async (parts) => {
        const text = parts.join('');
        let after = 0;
        for (const { from, to } of await splitStatements(text)) {
          expect(from).toBeGreaterThanOrEqual(after);
          expect(to).toBeGreaterThan(from);
          expect(to).toBeLessThanOrEqual(text.length);
          expect(splitByTokens(text.slice(after, from))).toEqual([]);
          after = to;
        }
        expect(splitByTokens(text.slice(after))).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });
});
