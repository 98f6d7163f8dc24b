import { closeBracketsKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { sql } from '@codemirror/lang-sql';
import { bracketMatching, indentOnInput } from '@codemirror/language';
import { closeSearchPanel, highlightSelectionMatches, search } from '@codemirror/search';
import { EditorState, type Extension } from '@codemirror/state';
import {
  crosshairCursor,
  drawSelection,
  dropCursor,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  type KeyBinding,
  placeholder,
  rectangularSelection,
} from '@codemirror/view';
import { editorCommands, editorKey } from './editorCommands.ts';
import { editorTheme } from './editorTheme.ts';
import { flashField } from './flash.ts';
import { folding } from './folding.ts';
import { runMarks } from './runField.ts';
import { runTime } from './runTime.ts';
import { searchPanel } from './searchPanel.ts';
import { sqlDialect } from './sqlDialect.ts';
import { statementGutter } from './statementField.ts';
import { typeOver } from './typeOver.ts';

/** The page allows styles with its nonce only. */
export function styleNonce(): Extension {
  const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content;
  return nonce ? EditorView.cspNonce.of(nonce) : [];
}

/** Characters that are shown as marks beyond those the editor shows anyway: blank fillers and directional controls. */
export const moreSpecialChars = /[\u115F\u1160\u3164\uFFA0\u2028-\u202E\u2066-\u2069]/g;

/** What the dialog for a line says. */
const phrases = { 'Go to line': 'Go to line', go: 'Go' };

/** What the table of commands binds has its keys from there alone: else they could not be given to anything else. */
const inAnyOrder = (key: string): string => key.split('-').sort().join('-');
const bound = new Set(editorCommands.flatMap(({ keys = [] }) => keys.map(editorKey).map(inAnyOrder)));
const isFree = ({ key = '' }: KeyBinding): boolean => !bound.has(inAnyOrder(key));

/** Tab indents; Escape, then Tab, leaves the editor, as CodeMirror has it. */
const keys = keymap.of([
  { key: 'Escape', run: closeSearchPanel },
  ...closeBracketsKeymap,
  ...historyKeymap.filter(isFree),
  indentWithTab,
  // Ctrl+Enter runs the statement; the default would break the line where that is not possible.
  ...defaultKeymap.filter((binding) => binding.key !== 'Mod-Enter' && isFree(binding)),
]);

/** Everything that a query's editor is made of; `preferred` is what the settings make of it. */
export const editorExtensions = (preferred: Extension): Extension => [
  styleNonce(),
  preferred,
  runMarks,
  runTime,
  flashField,
  statementGutter,
  folding,
  highlightActiveLineGutter(),
  highlightActiveLine(),
  highlightSpecialChars({ addSpecialChars: moreSpecialChars }),
  history(),
  drawSelection(),
  dropCursor(),
  EditorState.allowMultipleSelections.of(true),
  rectangularSelection(),
  crosshairCursor(),
  indentOnInput(),
  bracketMatching(),
  typeOver,
  highlightSelectionMatches(),
  search({ top: true, createPanel: searchPanel }),
  EditorState.phrases.of(phrases),
  sql({ dialect: sqlDialect }),
  placeholder('select …'),
  keys,
  editorTheme,
  EditorView.contentAttributes.of({ 'aria-label': 'SQL', autocorrect: 'off', spellcheck: 'false' }),
];
