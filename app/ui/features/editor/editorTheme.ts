import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { completionTheme } from './completionLook.ts';

/** Colours come from the tokens, so that one theme serves light and dark. */
const highlight = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--accent)', fontWeight: '600' },
  { tag: [tags.typeName, tags.standard(tags.name)], color: 'var(--accent)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--warning)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--info)' },
  { tag: tags.comment, color: 'var(--text-muted)', fontStyle: 'italic' },
  { tag: [tags.operator, tags.punctuation, tags.bracket], color: 'var(--text)' },
  { tag: [tags.name, tags.variableName, tags.special(tags.name)], color: 'var(--text-strong)' },
]);

const text = EditorView.theme({
  '&': {
    height: '100%',
    color: 'var(--text-strong)',
    backgroundColor: 'var(--ground-0)',
    fontSize: 'var(--editor-font-size, 13px)',
  },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': {
    fontFamily: 'var(--font-code)',
    lineHeight: 'var(--editor-line-height, 20px)',
    overflow: 'auto',
    containerType: 'inline-size',
  },
  '.cm-content': { padding: '8px 0', caretColor: 'var(--text-strong)', fontVariantLigatures: 'none' },
  '.cm-line': { padding: '0 12px 0 8px' },
  '.cm-cursor': { borderLeftColor: 'var(--text-strong)', borderLeftWidth: '2px', marginLeft: '-1px' },
  '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--accent) 24%, transparent)',
  },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--text) 4%, transparent)' },
  '.cm-selectionMatch': { backgroundColor: 'color-mix(in srgb, var(--accent) 13%, transparent)' },
  '&.cm-focused .cm-matchingBracket': {
    backgroundColor: 'var(--accent-soft)',
    outline: '1px solid color-mix(in srgb, var(--accent) 55%, transparent)',
  },
  '&.cm-focused .cm-nonmatchingBracket': { backgroundColor: 'var(--danger-soft)' },
  '.cm-placeholder': { color: 'var(--text-faint)' },
  '.cm-justSent': { backgroundColor: 'color-mix(in srgb, var(--accent) 7%, transparent)' },
  '.cm-foldPlaceholder': {
    margin: '0 2px',
    padding: '0 6px',
    border: '1px solid var(--border-strong)',
    borderRadius: '4px',
    backgroundColor: 'var(--ground-1)',
    color: 'var(--text-muted)',
  },
  '.cm-specialChar': { color: 'var(--warning)', backgroundColor: 'var(--warning-soft)' },
});

const gutters = EditorView.theme({
  '.cm-gutters': {
    border: 'none',
    backgroundColor: 'var(--ground-0)',
    color: 'var(--text-muted)',
    fontFamily: 'var(--font-code)',
  },
  '.cm-lineNumbers .cm-gutterElement': { minWidth: '30px', padding: '0 8px 0 8px' },
  '.cm-activeLineGutter': { backgroundColor: 'transparent', color: 'var(--text)' },
  '.cm-foldGutter .cm-gutterElement': {
    width: '16px',
    color: 'var(--text-faint)',
    textAlign: 'center',
    cursor: 'pointer',
  },
  '.cm-foldGutter .cm-gutterElement:hover': { color: 'var(--text-strong)' },
  '.cm-statementBar': { width: '3px' },
  '.cm-statementBar-failed': { backgroundColor: 'var(--danger)' },
  '.cm-statementBar-active': { backgroundColor: 'var(--accent)' },
  '.cm-statementBar-running': {
    backgroundImage:
      'repeating-linear-gradient(to bottom, var(--warning) 0 6px, color-mix(in srgb, var(--warning) 30%, transparent) 6px 10px)',
  },
});

const times = EditorView.theme({
  '.cm-runTime': {
    marginLeft: '12px',
    color: 'var(--warning)',
    font: '12px/18px var(--font-ui)',
    fontVariantNumeric: 'tabular-nums',
  },
});

const errors = EditorView.theme({
  '.cm-errorPlace': {
    textDecoration: 'underline wavy var(--danger) 1.5px',
    textUnderlineOffset: '4px',
    textDecorationSkipInk: 'none',
  },
  // Padding, not margins: the editor measures the height of a block without its margins.
  // Contained, so that a long message breaks at the edge of the text instead of making all of it wider.
  // It stays in view beside the gutters where a long line has moved the text to the side.
  '.cm-errorMessage': {
    position: 'sticky',
    left: 'var(--gutters, 0px)',
    maxWidth: 'calc(100cqw - var(--gutters, 0px))',
    boxSizing: 'border-box',
    padding: '4px 12px 6px 8px',
    contain: 'inline-size',
  },
  '.cm-errorMessage > div': {
    padding: '6px 10px',
    borderLeft: '3px solid var(--danger)',
    borderRadius: '0 var(--corner) var(--corner) 0',
    backgroundColor: 'var(--danger-soft)',
    color: 'var(--text)',
    font: '12px/18px var(--font-ui)',
    whiteSpace: 'pre-wrap',
    overflowWrap: 'anywhere',
  },
  '.cm-errorMessage strong': { color: 'var(--danger)', fontWeight: '600' },
  '.cm-errorMessage em': { display: 'block', color: 'var(--text-muted)', fontStyle: 'normal' },
});

const field = {
  height: '24px',
  border: '1px solid var(--border-strong)',
  borderRadius: '5px',
  backgroundColor: 'var(--ground-0)',
  backgroundImage: 'none',
  color: 'var(--text-strong)',
  fontSize: '12px',
};

const panels = EditorView.theme({
  '.cm-panels': { backgroundColor: 'var(--ground-1)', color: 'var(--text)', fontFamily: 'var(--font-ui)' },
  '.cm-panels.cm-panels-top': { borderBottom: '1px solid var(--border)' },
  '.cm-panel.cm-gotoLine': { padding: '6px 32px 6px 12px', fontSize: '12px' },
  '.cm-textfield': { ...field, padding: '0 7px', width: '90px', margin: '0 6px', verticalAlign: 'middle' },
  '.cm-button': { ...field, padding: '0 9px', fontWeight: '550', verticalAlign: 'middle' },
  '.cm-button:active': { backgroundImage: 'none', backgroundColor: 'var(--ground-3)' },
  '.cm-searchMatch': { backgroundColor: 'var(--warning-soft)', outline: '1px solid var(--warning)' },
  '.cm-searchMatch.cm-searchMatch-selected': {
    backgroundColor: 'color-mix(in srgb, var(--warning) 45%, transparent)',
  },
});

const floats = EditorView.theme({
  '.cm-tooltip': {
    border: '1px solid var(--border-strong)',
    borderRadius: 'var(--corner)',
    backgroundColor: 'var(--ground-0)',
    boxShadow: '0 6px 20px var(--shadow)',
  },
});

export const editorTheme: Extension = [
  text,
  gutters,
  times,
  errors,
  panels,
  floats,
  completionTheme,
  syntaxHighlighting(highlight),
];
