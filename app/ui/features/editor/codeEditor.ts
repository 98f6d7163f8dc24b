import { closeCompletion } from '@codemirror/autocomplete';
import { EditorSelection, Transaction } from '@codemirror/state';
import { EditorView, type Command, type ViewUpdate } from '@codemirror/view';
import type { NameSource } from './completion.ts';
import { editorExtensions } from './extensions.ts';
import { formatText } from './formatting.ts';
import { openView, park, preferAnew, type EditorStart } from './parkedStates.ts';
import { isSamePreference, preferring, type Preferences } from './preferences.ts';
import { flash } from './flash.ts';
import {
  markRunning,
  markSent,
  runField,
  showErrors,
  type RunningStatement,
  type ShownErrors,
} from './runField.ts';
import type { StatementRange } from './statementAt.ts';
import { setStatements, statementField } from './statementField.ts';

export interface EditorEvents {
  textChanged(text: string): void;
  /** Cursor (code units) or scroll (pixels) moved; comes once a while, not at each key. */
  placeChanged(cursor: number, scroll: number): void;
  /** The statements are no longer known exactly. */
  statementsStale(): void;
  /** May outlive the editor: the state of a text is taken up by the next one. */
  readonly names: NameSource;
}

/** What of the text is to be run: where it begins in the document, and the text itself. */
export interface RunPart {
  readonly from: number;
  readonly text: string;
}

/** Texts up to this length are handed on at each key; longer ones after a pause, for joining their lines takes time. */
const promptLength = 200_000;
const textPauseMs = 250;
const placePauseMs = 800;
/** Long enough to be seen, too short to be in the way. */
const flashMs = 450;

/** One CodeMirror view on one document, until it is closed. */
export class CodeEditor {
  readonly #view: EditorView;
  readonly #id: string;
  readonly #events: EditorEvents;
  #preferences: Preferences;
  /** The text as it was last handed on, or came in. */
  #known: string;
  #textTimer: ReturnType<typeof setTimeout> | undefined;
  #placeTimer: ReturnType<typeof setTimeout> | undefined;
  #flashTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(parent: HTMLElement, start: EditorStart & { preferences: Preferences }, events: EditorEvents) {
    this.#id = start.id;
    this.#events = events;
    this.#preferences = start.preferences;
    this.#known = start.text;
    const listener = EditorView.updateListener.of((update) => this.#updated(update));
    const preferred = preferring(this.#preferences, events.names);
    this.#view = openView(parent, start, editorExtensions, { listener, preferred });
    this.#view.scrollDOM.addEventListener('scroll', () => this.#placeSoon(), { passive: true });
    events.statementsStale();
  }

  get text(): string {
    return this.#view.state.doc.toString();
  }

  /** Runs a command of the editor, asked for from elsewhere. */
  run(command: Command): void {
    this.#view.focus();
    command(this.#view);
  }

  /** Lays out the selection or the statement at the cursor; returns why it was left as it was. */
  format(): Promise<string | undefined> {
    return formatText(this.#view, this.#preferences);
  }

  /** Takes the settings over, as they are now. */
  prefer(preferences: Preferences): void {
    if (isSamePreference(preferences, this.#preferences)) return;
    this.#preferences = preferences;
    this.#view.dispatch({ effects: preferAnew(preferring(preferences, this.#events.names)) });
  }

  focus(): void {
    this.#view.focus();
  }

  /** Parks the state and takes the view off the page. Idempotent. */
  close(): void {
    this.flush();
    clearTimeout(this.#placeTimer);
    clearTimeout(this.#flashTimer);
    park(this.#id, this.#view);
    this.#view.destroy();
  }

  /** Hands on at once what waits for a pause. */
  flush(): void {
    if (this.#textTimer !== undefined) this.#handOnText();
  }

  /** A text that came from elsewhere: another window, or the sample query put into an empty tab. */
  takeText(text: string): void {
    if (text === this.#known || this.#textTimer !== undefined) return;
    this.#known = text;
    if (text === this.text) return;
    this.#view.dispatch({ changes: changeTo(this.text, text) });
  }

  /** Writes over the selection, or at the cursor, as if it were typed. */
  insert(text: string): void {
    const { state } = this.#view;
    this.#view.dispatch(state.replaceSelection(text), { userEvent: 'input', scrollIntoView: true });
    this.#view.focus();
  }

  get selectedPart(): RunPart {
    const { state } = this.#view;
    const { from, to } = state.selection.main;
    return { from, text: state.sliceDoc(from, to) };
  }

  get statements(): readonly StatementRange[] {
    return this.#view.state.field(statementField).ranges;
  }

  get cursor(): number {
    return this.#view.state.selection.main.head;
  }

  get hasSelection(): boolean {
    return !this.#view.state.selection.main.empty;
  }

  get statementsExact(): boolean {
    return this.#view.state.field(statementField).exact;
  }

  /** Takes the statements that were found in `text`; false when the text has changed meanwhile. */
  takeStatements(text: string, statements: readonly StatementRange[]): boolean {
    if (text.length !== this.#view.state.doc.length || text !== this.text) return false;
    this.#view.dispatch({ effects: setStatements.of(statements) });
    return true;
  }

  /** This part has been sent: errors and the running statement are counted from it. */
  sent(part: RunPart): void {
    closeCompletion(this.#view);
    this.#mark(part);
    this.#view.dispatch({ effects: flash.of(this.sentRange) });
    clearTimeout(this.#flashTimer);
    this.#flashTimer = setTimeout(() => this.#view.dispatch({ effects: flash.of(undefined) }), flashMs);
  }

  /** What a run was sent from: what is marked already and reads the same, else where it stood, if it still does. */
  takeSent(part: RunPart): void {
    const marked = this.sentRange;
    if (!marked || this.#view.state.sliceDoc(marked.from, marked.to) !== part.text) this.#mark(part);
  }

  /** Nothing, where the text has changed since. */
  #mark({ from, text }: RunPart): void {
    const to = from + text.length;
    const stands = this.#view.state.sliceDoc(from, to) === text;
    this.#view.dispatch({ effects: markSent.of(stands ? { from, to } : undefined) });
  }

  /** Where what was sent last stands now; undefined when it was deleted, or sent before the page was loaded. */
  get sentRange(): StatementRange | undefined {
    return this.#view.state.field(runField).sent;
  }

  /** The first statement at or behind a position, as far as statements are known. */
  statementFrom(position: number): StatementRange | undefined {
    return this.#view.state.field(statementField).ranges.find(({ from }) => from >= position);
  }

  showRunning(range: RunningStatement | undefined): void {
    const { running } = this.#view.state.field(runField);
    if (running?.from === range?.from && running?.to === range?.to) return;
    this.#view.dispatch({ effects: markRunning.of(range && { ...this.#within(range), since: range.since }) });
  }

  /** Shows errors under their statements, once a run. */
  showErrors({ runId, errors }: ShownErrors): void {
    if (this.#view.state.field(runField).shownRun === runId) return;
    const within = errors.map((error) => ({ ...error, statement: this.#within(error.statement) }));
    this.#view.dispatch({ effects: showErrors.of({ runId, errors: within }) });
  }

  /** Puts the cursor there and brings it into view. */
  goTo(position: number): void {
    const at = Math.min(Math.max(position, 0), this.#view.state.doc.length);
    this.#view.dispatch({
      selection: EditorSelection.cursor(at),
      effects: EditorView.scrollIntoView(at, { y: 'center' }),
    });
    this.#view.focus();
  }

  #within({ from, to }: StatementRange): StatementRange {
    const { length } = this.#view.state.doc;
    return { from: Math.min(from, length), to: Math.min(to, length) };
  }

  #updated(update: ViewUpdate): void {
    if (update.docChanged) {
      this.#events.statementsStale();
      this.#textSoon();
    }
    // What is typed may move the cursor along without saying so; what came from elsewhere is not this window's to save.
    const typed =
      update.docChanged && update.transactions.some((each) => each.annotation(Transaction.userEvent));
    if (update.selectionSet || typed) this.#placeSoon();
  }

  #textSoon(): void {
    clearTimeout(this.#textTimer);
    const pauseMs = this.#view.state.doc.length <= promptLength ? 0 : textPauseMs;
    if (pauseMs === 0) this.#handOnText();
    else this.#textTimer = setTimeout(() => this.#handOnText(), pauseMs);
  }

  #handOnText(): void {
    clearTimeout(this.#textTimer);
    this.#textTimer = undefined;
    this.#known = this.text;
    this.#events.textChanged(this.#known);
  }

  #placeSoon(): void {
    clearTimeout(this.#placeTimer);
    this.#placeTimer = setTimeout(() => {
      const scroll = Math.max(0, Math.round(this.#view.scrollDOM.scrollTop));
      this.#events.placeChanged(this.#view.state.selection.main.head, scroll);
    }, placePauseMs);
  }
}

/** Only what differs, so that the cursor and what is marked stay with the text around them. */
function changeTo(before: string, after: string): { from: number; to: number; insert: string } {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shorter - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  return { from: start, to: before.length - end, insert: after.slice(start, after.length - end) };
}
