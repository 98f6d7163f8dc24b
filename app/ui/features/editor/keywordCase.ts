import type { ChangeSpec } from '@codemirror/state';
import type { Command } from '@codemirror/view';
import { Lexer } from '#shared/sql/lexer.ts';
import { isKeyword } from './sqlDialect.ts';
import { targetRange } from './statementField.ts';

/** Writes the keywords of the selection, or of the statement at the cursor, in upper or lower case. */
export const keywordCase =
  (to: 'upper' | 'lower'): Command =>
  (view) => {
    const range = targetRange(view.state);
    if (!range) return false;
    const changes = caseChanges(view.state.sliceDoc(range.from, range.to), to, range.from);
    if (changes.length > 0) view.dispatch({ changes, userEvent: 'input.case' });
    return true;
  };

/** Names that are no keywords, and all that is quoted, stay as they are. */
export function caseChanges(text: string, to: 'upper' | 'lower', offset = 0): ChangeSpec[] {
  const changes: ChangeSpec[] = [];
  for (const lexer = new Lexer(text); lexer.next();) {
    if (lexer.kind !== 'word') continue;
    const { written } = lexer;
    const lower = written.toLowerCase();
    const insert = to === 'upper' ? written.toUpperCase() : lower;
    // Behind a dot stands a name, whatever it is called.
    const isName = text[lexer.from - 1] === '.';
    if (isKeyword(lower) && !isName && insert !== written)
      changes.push({ from: offset + lexer.from, to: offset + lexer.to, insert });
  }
  return changes;
}
