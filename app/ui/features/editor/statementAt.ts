/** Where a statement stands in a text: UTF-16 code units, `to` exclusive and before its semicolon. */
export interface StatementRange {
  readonly from: number;
  readonly to: number;
}

/**
 * The statement that a cursor is at: the one it stands in or touches, its semicolon included; else the one that ends
 * before it on the same line; else the next one; else the last. `lineFrom` is where the cursor's line begins.
 */
export function statementAt(
  statements: readonly StatementRange[],
  cursor: number,
  lineFrom: number,
): StatementRange | undefined {
  const touching = statements.find(({ from, to }) => from <= cursor && cursor <= to);
  if (touching) return touching;
  const before = statements.findLast(({ to }) => to < cursor);
  if (before && before.to >= lineFrom) return before;
  return statements.find(({ from }) => from > cursor) ?? statements.at(-1);
}

/** The statements with their places after the text was changed; what was deleted is left out. */
export const movedStatements = (
  statements: readonly StatementRange[],
  move: (position: number, side: -1 | 1) => number,
): StatementRange[] =>
  statements
    .map(({ from, to }) => ({ from: move(from, 1), to: move(to, -1) }))
    .filter(({ from, to }) => to > from);

/** What of a range can be shown as the place of an error: the word there, or the character before the end. */
export function errorRange(text: string, position: number, range: StatementRange): StatementRange {
  const from = Math.min(Math.max(position, range.from), range.to);
  const word = /^[\p{L}\p{N}_$]+/u.exec(text.slice(from, from + 200))?.[0];
  if (word) return { from, to: from + word.length };
  if (from < range.to) return { from, to: from + 1 };
  return { from: Math.max(range.from, from - 1), to: from };
}
