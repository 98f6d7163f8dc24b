import { codeFolding, foldGutter, foldService } from '@codemirror/language';
import type { EditorState, Extension, Text } from '@codemirror/state';
import { Lexer } from '#shared/sql/lexer.ts';
import { statementField } from './statementField.ts';

interface Fold {
  readonly from: number;
  readonly to: number;
}

/** Of a longer statement only the whole is folded: it would be read anew at each key. */
const maxLength = 100_000;

/** What can be folded within a statement: parentheses, CASE, quoted bodies and comments that take several lines. */
export function foldsWithin(text: string): Fold[] {
  const folds: Fold[] = [];
  const opened: { word: 'paren' | 'case'; at: number }[] = [];
  const close = (word: 'paren' | 'case', at: number) => {
    const begun = opened.findLastIndex((each) => each.word === word);
    const [found] = begun < 0 ? [] : opened.splice(begun);
    if (found && text.slice(found.at, at).includes('\n')) folds.push({ from: found.at, to: at });
  };
  for (const lexer = new Lexer(text); lexer.next();) {
    const { kind, from, to } = lexer;
    const written = kind === 'word' ? lexer.written.toLowerCase() : '';
    if (kind === 'open') opened.push({ word: 'paren', at: to });
    else if (kind === 'close') close('paren', from);
    else if (written === 'case') opened.push({ word: 'case', at: to });
    else if (written === 'end') close('case', from);
    else if (kind === 'comment' || kind === 'value') {
      const line = lexer.written.indexOf('\n');
      const sign = /^(\$[^$]*\$|\/\*|.)/s.exec(lexer.written)?.[0].length ?? 0;
      if (line >= 0)
        folds.push({ from: from + Math.min(line, Math.max(sign, line)), to: to - (sign > 1 ? sign : 1) });
    }
  }
  return folds;
}

const known = new WeakMap<Text, Map<number, Fold[]>>();

function foldsOf(state: EditorState, from: number, to: number): Fold[] {
  const byStatement = known.get(state.doc) ?? new Map<number, Fold[]>();
  known.set(state.doc, byStatement);
  const found = byStatement.get(from) ?? (to - from > maxLength ? [] : foldsWithin(state.sliceDoc(from, to)));
  byStatement.set(from, found);
  return found;
}

/** The widest of what begins on a line and ends on a later one. */
const folds = foldService.of((state, lineFrom, lineTo) => {
  const statement = state
    .field(statementField)
    .ranges.find(({ from, to }) => from <= lineTo && to >= lineFrom);
  if (!statement) return null;
  const { from, to } = statement;
  if (from >= lineFrom && to > lineTo) return { from: lineTo, to };
  const within = foldsOf(state, from, to).map((each) => ({ from: from + each.from, to: from + each.to }));
  const here = within.filter((each) => each.from >= lineFrom && each.from <= lineTo && each.to > lineTo);
  return here.reduce<Fold | null>((widest, each) => (widest && widest.to >= each.to ? widest : each), null);
});

export const folding: Extension = [
  folds,
  codeFolding({ placeholderText: '…' }),
  foldGutter({
    openText: '⌄',
    closedText: '›',
    foldingChanged: (update) =>
      update.startState.field(statementField) !== update.state.field(statementField),
  }),
];
