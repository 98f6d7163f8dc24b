import { EditorState } from '@codemirror/state';
import { describe, expect, it } from 'vitest';
import { editorCommands, editorKey } from './editorCommands.ts';
import { foldsWithin } from './folding.ts';
import { formatSql } from './formatting.ts';
import { caseChanges } from './keywordCase.ts';

describe('the case of keywords', () => {
  it('leaves names, strings, quoted bodies and comments as they are', () => {
    const text = `select t.order, "from", 'where', $$ and $$, Total -- select\nfrom orders t`;
    const upper = EditorState.create({ doc: text })
      .update({ changes: caseChanges(text, 'upper') })
      .newDoc.toString();
    expect(upper).toBe(`SELECT t.order, "from", 'where', $$ and $$, Total -- select\nFROM orders t`);
    expect(caseChanges(upper, 'lower', 10)).toEqual([
      { from: 10, to: 16, insert: 'select' },
      { from: 70, to: 74, insert: 'from' },
    ]);
  });
});

describe('formatting', () => {
  const layout = { tabSize: 2, indentWithTabs: false, keywordCase: 'preserve' } as const;

  it('indents and writes keywords as the settings say', async () => {
    const text = 'Select "from", Total from orders';
    expect(await formatSql(text, { ...layout, tabSize: 4, keywordCase: 'upper' })).toEqual({
      text: 'SELECT\n    "from",\n    Total\nFROM\n    orders',
    });
    expect(await formatSql(text, { ...layout, indentWithTabs: true, keywordCase: 'lower' })).toEqual({
      text: 'select\n\t"from",\n\tTotal\nfrom\n\torders',
    });
  });

  it('lays out anew and keeps comments', async () => {
    const formatted = await formatSql(
      "select a,b -- why\nfrom t where x->>'k' = $1 and y = any('{1}'::int[])",
      layout,
    );
    expect(formatted).toEqual({
      text: "select\n  a,\n  b -- why\nfrom\n  t\nwhere\n  x ->> 'k' = $1\n  and y = any ('{1}'::int[])",
    });
    const body = 'create function f() returns int language plpgsql as $f$\nbegin  return 1;\nend $f$;';
    expect(await formatSql(body, layout)).toMatchObject({
      text: expect.stringContaining('$f$\nbegin  return 1;\nend $f$') as string,
    });
  });

  it('refuses what it would change, or does not understand', async () => {
    expect(await formatSql('select :name [', layout)).toHaveProperty('why');
    expect(await formatSql('select 1\n\\d x', layout)).toHaveProperty('why');
  });
});

describe('folds', () => {
  it('are parentheses, CASE, quoted bodies and comments of several lines', () => {
    const folded = (text: string) => foldsWithin(text).map(({ from, to }) => text.slice(from, to));
    expect(folded('select (\n 1\n), (2), case when a then\n 1 end')).toEqual(['\n 1\n', ' when a then\n 1 ']);
    expect(folded('do $x$\nbegin\nend $x$')).toEqual(['\nbegin\nend ']);
    expect(folded('/* one\n two */ select 1')).toEqual(['\n two ']);
    expect(folded("select ')', ( -- (\n")).toEqual([]);
  });
});

describe('the commands of the editor', () => {
  it('have no key in common', () => {
    const keys = editorCommands.flatMap((each) => each.keys ?? []);
    expect(new Set(keys).size).toBe(keys.length);
    expect(editorKey('Mod+Shift+K')).toBe('Mod-Shift-k');
    expect(editorKey('Alt+ArrowUp')).toBe('Alt-ArrowUp');
  });
});
