import {
  addCursorAbove,
  addCursorBelow,
  copyLineDown,
  copyLineUp,
  cursorMatchingBracket,
  deleteLine,
  indentLess,
  indentMore,
  moveLineDown,
  moveLineUp,
  redo,
  selectLine,
  selectParentSyntax,
  toggleBlockComment,
  toggleComment,
  undo,
} from '@codemirror/commands';
import { foldAll, foldCode, unfoldAll, unfoldCode } from '@codemirror/language';
import {
  findNext,
  findPrevious,
  gotoLine,
  openSearchPanel,
  selectNextOccurrence,
  selectSelectionMatches,
} from '@codemirror/search';
import { keymap, type Command } from '@codemirror/view';
import { keywordCase } from './keywordCase.ts';
import { openReplacePanel } from './searchPanel.ts';

/** Something that is done in the text, by its keys or from the palette. */
export interface EditorCommand {
  readonly id: string;
  readonly title: string;
  /** As actions write them. */
  readonly keys?: readonly string[];
  readonly run: Command;
}

const command = (id: string, title: string, keys: readonly string[], run: Command): EditorCommand => ({
  id: `editor.${id}`,
  title,
  keys,
  run,
});

/** The one table of what the editor does beyond typing: its keymap and the palette are made from it. */
export const editorCommands: readonly EditorCommand[] = [
  command('search', 'Search in the text', ['Mod+F'], openSearchPanel),
  command('replace', 'Search and replace in the text', ['Mod+H', 'Mod+Alt+F'], openReplacePanel),
  command('findNext', 'Next match in the text', ['F3'], findNext),
  command('findPrevious', 'Match before in the text', ['Shift+F3'], findPrevious),
  command('gotoLine', 'Go to line', ['Mod+G'], gotoLine),
  command('comment', 'Comment or uncomment lines', ['Mod+/'], toggleComment),
  command('blockComment', 'Comment or uncomment the selection', ['Alt+Shift+A'], toggleBlockComment),
  command('selectNext', 'Select the next place that reads the same', ['Mod+D'], selectNextOccurrence),
  command('selectAll', 'Select all places that read the same', ['Mod+Shift+L'], selectSelectionMatches),
  command('cursorAbove', 'Further cursor above', ['Mod+Alt+ArrowUp'], addCursorAbove),
  command('cursorBelow', 'Further cursor below', ['Mod+Alt+ArrowDown'], addCursorBelow),
  command('selectLine', 'Select the line', ['Alt+L'], selectLine),
  command('selectMore', 'Select what is around the selection', ['Mod+I'], selectParentSyntax),
  command('lineUp', 'Move lines up', ['Alt+ArrowUp'], moveLineUp),
  command('lineDown', 'Move lines down', ['Alt+ArrowDown'], moveLineDown),
  command('copyUp', 'Copy lines up', ['Alt+Shift+ArrowUp'], copyLineUp),
  command('copyDown', 'Copy lines down', ['Alt+Shift+ArrowDown'], copyLineDown),
  command('deleteLine', 'Delete lines', ['Mod+Shift+K'], deleteLine),
  command('indent', 'Indent lines', ['Mod+]'], indentMore),
  command('outdent', 'Indent lines less', ['Mod+['], indentLess),
  command('bracket', 'Go to the matching bracket', ['Mod+Shift+\\'], cursorMatchingBracket),
  command('fold', 'Fold at the cursor', ['Mod+Shift+['], foldCode),
  command('unfold', 'Unfold at the cursor', ['Mod+Shift+]'], unfoldCode),
  command('foldAll', 'Fold all', ['Mod+Alt+['], foldAll),
  command('unfoldAll', 'Unfold all', ['Mod+Alt+]'], unfoldAll),
  command('upper', 'Keywords in upper case', ['Alt+U'], keywordCase('upper')),
  command('lower', 'Keywords in lower case', ['Alt+Shift+U'], keywordCase('lower')),
  command('undo', 'Undo', ['Mod+Z'], undo),
  command('redo', 'Redo', ['Mod+Shift+Z', 'Mod+Y'], redo),
];

/** `Mod+Shift+K` as the editor writes it: `Mod-Shift-k`. */
export const editorKey = (keys: string): string => {
  const parts = keys.split('+');
  const last = parts.pop() ?? '';
  return [...parts, last.length === 1 ? last.toLowerCase() : last].join('-');
};

/** `own`: by the id of a command, the keys that it has in place of those of the table. */
export const commandKeys = (own: Readonly<Record<string, readonly string[]>>) =>
  keymap.of(
    editorCommands.flatMap(({ id, keys = [], run }) =>
      (own[id] ?? keys).map((each) => ({ key: editorKey(each), run, preventDefault: true })),
    ),
  );
