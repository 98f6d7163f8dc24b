import { isolateHistory } from '@codemirror/commands';
import type { EditorView } from '@codemirror/view';
import type { Settings } from '#shared/settings/settings.ts';
import { Lexer } from '#shared/sql/lexer.ts';
import { isKeyword } from './sqlDialect.ts';
import { targetRange } from './statementField.ts';

/** What of the settings is a matter of layout. */
export type Layout = Pick<Settings, 'tabSize' | 'indentWithTabs' | 'keywordCase'>;

/** Beyond it the library takes seconds. */
const maxLength = 200_000;

/**
 * Lays out the selection, or the statement at the cursor, in one step that can be undone. Returns why it was left as it
 * was; undefined where it is done. The library is loaded when it is first needed.
 */
export async function formatText(view: EditorView, layout: Layout): Promise<string | undefined> {
  const range = targetRange(view.state);
  if (!range) return 'There is nothing to format.';
  const { from, to } = range;
  const text = view.state.sliceDoc(from, to);
  if (text.length > maxLength) return 'Not formatted: the text is longer than 200,000 characters.';
  const formatted = await formatSql(text, layout);
  if ('why' in formatted) return `Not formatted: ${formatted.why}`;
  if (view.state.sliceDoc(from, to) !== text) return 'Not formatted: the text was changed meanwhile.';
  if (formatted.text === text) return undefined;
  view.dispatch({
    changes: { from, to, insert: formatted.text },
    annotations: isolateHistory.of('full'),
    userEvent: 'input.format',
    scrollIntoView: true,
  });
  return undefined;
}

/** Only what stands between the tokens is ever changed: where the library would change more, its work is refused. */
export async function formatSql(
  text: string,
  { tabSize, indentWithTabs, keywordCase }: Layout,
): Promise<{ text: string } | { why: string }> {
  const library = await import('sql-formatter').catch(() => undefined);
  if (!library) return { why: 'Hawser does not answer, from which it is loaded.' };
  const { formatDialect, postgresql } = library;
  try {
    const formatted = formatDialect(text, {
      dialect: postgresql,
      tabWidth: tabSize,
      useTabs: indentWithTabs,
      keywordCase,
      linesBetweenQueries: 1,
    });
    return sameTokens(text, formatted)
      ? { text: formatted }
      : { why: 'it would have changed more than the layout.' };
  } catch (error) {
    const place = /at line (\d+) column (\d+)/.exec(error instanceof Error ? error.message : '');
    return {
      why: place ? `line ${place[1]}, column ${place[2]} is not understood.` : 'it is not understood.',
    };
  }
}

function sameTokens(one: string, other: string): boolean {
  const [first, second] = [new Lexer(one), new Lexer(other)];
  for (;;) {
    const [more, moreOther] = [first.next(), second.next()];
    if (!more || !moreOther) return more === moreOther;
    if (first.kind !== second.kind || plain(first) !== plain(second)) return false;
  }
}

/** Lines of a comment may be moved to the side, and keywords written in another case. */
function plain({ kind, written }: Lexer): string {
  if (kind === 'comment') return written.replace(/\s+/g, ' ').trim();
  return kind === 'word' && isKeyword(written.toLowerCase()) ? written.toLowerCase() : written;
}
