import {
  acceptCompletion,
  autocompletion,
  closeCompletion,
  completionKeymap,
  completionStatus,
  insertBracket,
  insertCompletionText,
  pickedCompletion,
  selectedCompletion,
  selectedCompletionIndex,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete';
import { keywordCompletionSource } from '@codemirror/lang-sql';
import { Prec, type EditorState, type Extension } from '@codemirror/state';
import { keymap, type EditorView } from '@codemirror/view';
import { maxCompletionText, type CompletionItem } from '#shared/catalog/completion.ts';
import type { MethodResult } from '#shared/contract/derive.ts';
import type { Settings } from '#shared/settings/settings.ts';
import { ageHeader, completionLook, infoOf } from './completionLook.ts';
import { isWritten, narrowed } from './completionNarrowing.ts';
import { sqlDialect } from './sqlDialect.ts';
import { statementField } from './statementField.ts';

type Answer = MethodResult<'catalog.complete'>;

/** Where the editor of a tab has its names from. */
export interface NameSource {
  /** Asks what may stand at a position of a text; undefined where there is nobody to ask. */
  ask(text: string, position: number, signal: AbortSignal): Promise<Answer> | undefined;
  isConnected(): boolean;
}

/** An item of the list with what it was made from. */
export interface Offer extends Completion {
  readonly item: CompletionItem;
  /** The user asked for the list, instead of having it come up while typing. */
  readonly explicit: boolean;
}

/** What behind the caret belongs to the statement is most often near; the sidecar finds its end. */
const behind = 20 * 1024;

/** The list comes up while a name is typed, behind a dot, `::` or a quote, and where nothing but a name can follow. */
const begun = /[\w$"'.\u0080-\uffff]$|::$/;
const namesFollow = /(?:^|[\s(])(?:from|join|into|update|on|call|using)\s$/i;

/** What of the settings is a matter of completion. */
export type CompletionChoice = Pick<Settings, 'autocomplete' | 'autoCloseBrackets' | 'keywordCase'>;

export function completion(names: NameSource, choice: CompletionChoice): Extension {
  return [
    autocompletion({
      override: [(context) => offers(context, names, choice)],
      activateOnTyping: choice.autocomplete,
      icons: false,
      maxRenderedOptions: 60,
      defaultKeymap: false,
      activateOnTypingDelay: 20,
      ...completionLook,
    }),
    Prec.high(
      keymap.of([
        { key: 'Enter', run: leaveToNewline },
        { key: 'Tab', run: acceptCompletion },
        { key: 'Ctrl-Space', run: showCaret },
        ...completionKeymap,
      ]),
    ),
  ];
}

async function offers(
  context: CompletionContext,
  names: NameSource,
  { autoCloseBrackets, keywordCase }: CompletionChoice,
): Promise<CompletionResult | null> {
  const { state, pos, explicit } = context;
  const before = state.sliceDoc(Math.max(state.doc.lineAt(pos).from, pos - 200), pos);
  if (!explicit && !begun.test(before) && !namesFollow.test(before)) return null;
  const base = statementStart(state, pos);
  const text = state.sliceDoc(base, Math.min(pos + behind, base + maxCompletionText));
  const abort = new AbortController();
  context.addEventListener('abort', () => abort.abort(), { onDocChange: true });
  const asked = names.ask(text, pos - base, abort.signal);
  if (!asked) return keywordCompletionSource(sqlDialect, keywordCase === 'upper')(context);
  // What is typed goes on without it: where names cannot be had, the list stays away.
  const answer = await asked.catch(() => undefined);
  if (!answer || context.aborted) return null;
  const offered = {
    ...answer,
    items: answer.items.map((item) => inCase(item, keywordCase)),
    apply: autoCloseBrackets ? accept : insertOffer,
  };
  return resultOf(offered, base, context, names.isConnected());
}

/** Where the statement at the caret begins, as far as that is known; in a long one, not far before the caret. */
function statementStart(state: EditorState, pos: number): number {
  const ranges = state.field(statementField).ranges;
  const start = ranges.findLast(({ from }) => from <= pos)?.from ?? 0;
  return Math.max(start, pos - (maxCompletionText - behind));
}

function resultOf(
  answer: Answer & { readonly apply: Apply },
  base: number,
  { state, explicit }: CompletionContext,
  isConnected: boolean,
): CompletionResult | null {
  const { items, more } = answer;
  const [from, to] = [base + answer.from, base + answer.to];
  const typed = state.sliceDoc(from, to);
  if (items.length === 0 || (isWritten(items, typed) && !explicit)) return null;
  const header = ageHeader(answer, isConnected, Date.now());
  const options = items.map((item): Offer => ({
    label: item.label,
    displayLabel: item.label,
    type: item.kind,
    item,
    explicit,
    apply: answer.apply,
    ...(item.detail === undefined ? {} : { detail: item.detail }),
    ...(item.info === undefined ? {} : { info: () => infoOf(item) }),
    ...(header ? { section: header } : {}),
  }));
  const result = { from, to, options, filter: false, getMatch };
  // With all of them at hand, those that fit to the next letters are known at once.
  return more
    ? result
    : { ...result, update: (current, start, end, next) => narrow(current, start, end, next, typed) };
}

function narrow(
  current: CompletionResult,
  from: number,
  to: number,
  { state }: CompletionContext,
  first: string,
): CompletionResult | null {
  const typed = state.sliceDoc(from, to);
  if (!typed.startsWith(first) || !/^[\w$\u0080-\uffff]+$/.test(typed)) return null;
  const options = narrowed(current.options as readonly Offer[], typed);
  return options.length > 0 &&
    !isWritten(
      options.map(({ item }) => item),
      typed,
    )
    ? { ...current, from, to, options }
    : null;
}

const getMatch = (each: Completion): readonly number[] => (each as Offer).item.match?.flat() ?? [];

/** Only keywords have a case of the user's choice: that of a name is its own. */
export function inCase(item: CompletionItem, keywordCase: Settings['keywordCase']): CompletionItem {
  if (item.kind !== 'keyword' || keywordCase === 'preserve') return item;
  const write = (text: string) => (keywordCase === 'upper' ? text.toUpperCase() : text.toLowerCase());
  return { ...item, label: write(item.label), apply: write(item.apply) };
}

type Apply = (view: EditorView, chosen: Completion, from: number, to: number) => void;

function insertOffer(view: EditorView, chosen: Completion, from: number, to: number): void {
  view.dispatch({
    ...insertCompletionText(view.state, (chosen as Offer).item.apply, from, to),
    annotations: pickedCompletion.of(chosen),
  });
}

/** A call gets its closing parenthesis too, which is typed over as any other. */
function accept(view: EditorView, chosen: Completion, from: number, to: number): void {
  const { apply } = (chosen as Offer).item;
  const isCall = apply.endsWith('(');
  const text = isCall ? apply.slice(0, -1) : apply;
  view.dispatch({
    ...insertCompletionText(view.state, text, from, to),
    annotations: pickedCompletion.of(chosen),
  });
  if (!isCall) return;
  const bracket = insertBracket(view.state, '(');
  if (bracket) view.dispatch(bracket);
  else view.dispatch(view.state.replaceSelection('('));
}

/** The list stands at the caret, and is not shown where that is out of sight. */
function showCaret(view: EditorView): boolean {
  view.dispatch({ scrollIntoView: true });
  return false;
}

/**
 * Enter breaks the line where the list has come up by itself and nothing was chosen in it: behind a word that is written
 * out already, and behind a blank.
 */
function leaveToNewline(view: EditorView): boolean {
  const { state } = view;
  if (completionStatus(state) !== 'active') return false;
  const chosen = selectedCompletion(state) as Offer | null;
  if (!chosen || chosen.explicit || selectedCompletionIndex(state) !== 0) return acceptCompletion(view);
  const { head } = state.selection.main;
  const { apply } = chosen.item;
  const before = state.sliceDoc(Math.max(0, head - apply.length - 1), head);
  const isTyped = before.endsWith(apply) && !/[\w$]/.test(before.charAt(before.length - apply.length - 1));
  if (!isTyped && !/(^|\s)$/.test(before)) return acceptCompletion(view);
  closeCompletion(view);
  return false;
}
