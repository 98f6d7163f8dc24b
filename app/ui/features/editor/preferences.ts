import { closeBrackets } from '@codemirror/autocomplete';
import { indentUnit } from '@codemirror/language';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, lineNumbers } from '@codemirror/view';
import type { Settings } from '#shared/settings/settings.ts';
import { completion, type NameSource } from './completion.ts';
import { commandKeys } from './editorCommands.ts';

/** What an editor takes from the settings. */
export type Preferences = Pick<
  Settings,
  | 'editorFontSize'
  | 'tabSize'
  | 'indentWithTabs'
  | 'wordWrap'
  | 'lineNumbers'
  | 'autoCloseBrackets'
  | 'autocomplete'
  | 'keywordCase'
  | 'shortcuts'
>;

/** What of an editor is made anew where they change. Line numbers come first: gutters stand in this order. */
export const preferring = (preferences: Preferences, names: NameSource): Extension => [
  preferences.lineNumbers ? lineNumbers() : [],
  preferences.wordWrap ? EditorView.lineWrapping : [],
  EditorState.tabSize.of(preferences.tabSize),
  indentUnit.of(preferences.indentWithTabs ? '\t' : ' '.repeat(preferences.tabSize)),
  preferences.autoCloseBrackets ? closeBrackets() : [],
  completion(names, preferences),
  commandKeys(preferences.shortcuts),
];

/** Whether an editor would be the same by both; the size of its font is a matter of style, but lines are measured anew. */
export const isSamePreference = (one: Preferences, other: Preferences): boolean =>
  one === other || keyOf(one) === keyOf(other);

const keyOf = (each: Preferences): string =>
  JSON.stringify([
    each.editorFontSize,
    each.tabSize,
    each.indentWithTabs,
    each.wordWrap,
    each.lineNumbers,
    each.autoCloseBrackets,
    each.autocomplete,
    each.keywordCase,
    each.shortcuts,
  ]);
