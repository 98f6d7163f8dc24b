import { StateEffect, StateField, type EditorState, type Extension, type Range } from '@codemirror/state';
import { Decoration, EditorView, WidgetType, type DecorationSet } from '@codemirror/view';
import { readableParts } from '../../lib/visibleText.ts';
import { errorRange, movedStatements, type StatementRange } from './statementAt.ts';

/** An error that belongs under a statement; places are those of the document. */
export interface ShownError {
  readonly title: string;
  readonly message: string;
  readonly hint?: string;
  readonly position?: number;
  readonly statement: StatementRange;
}

/** All errors of a run that has ended. */
export interface ShownErrors {
  readonly runId: string;
  readonly errors: readonly ShownError[];
}

/** A statement that the server works at, and since when. */
export interface RunningStatement extends StatementRange {
  readonly since: number;
}

interface RunMarks {
  /** What of the document was sent last, moved with later changes. */
  readonly sent: StatementRange | undefined;
  /** The statement that the server works at. */
  readonly running: RunningStatement | undefined;
  /** From top to bottom. */
  readonly errors: readonly ShownError[];
  /** The last run whose errors were shown: one that was edited away does not come back. */
  readonly shownRun: string | undefined;
}

export const markSent = StateEffect.define<StatementRange | undefined>();
export const markRunning = StateEffect.define<RunningStatement | undefined>();
export const showErrors = StateEffect.define<ShownErrors>();

const none: RunMarks = { sent: undefined, running: undefined, errors: [], shownRun: undefined };

type Move = (position: number, side: -1 | 1) => number;

function movedError(error: ShownError, move: Move): ShownError[] {
  const place = error.position === undefined ? {} : { position: move(error.position, 1) };
  return movedStatements([error.statement], move).map((statement) => ({ ...error, statement, ...place }));
}

export const runField = StateField.define<RunMarks>({
  create: () => none,
  update(value, transaction) {
    let next = value;
    if (transaction.docChanged) {
      const move: Move = (position, side) => transaction.changes.mapPos(position, side);
      const [sent] = value.sent ? movedStatements([value.sent], move) : [];
      const [running] = value.running ? movedStatements([value.running], move) : [];
      // What is wrong with a statement is no longer known once it is changed.
      const untouched = value.errors.filter(
        ({ statement: { from, to } }) => !transaction.changes.touchesRange(from, to),
      );
      next = {
        ...value,
        sent,
        running: running && value.running && { ...running, since: value.running.since },
        errors:
          value.errors.length === 0 ? none.errors : untouched.flatMap((error) => movedError(error, move)),
      };
    }
    for (const effect of transaction.effects) {
      if (effect.is(markSent)) next = { ...next, sent: effect.value, errors: none.errors };
      if (effect.is(markRunning)) next = { ...next, running: effect.value };
      if (effect.is(showErrors))
        next = { ...next, errors: effect.value.errors, shownRun: effect.value.runId };
    }
    return next;
  },
});

/** The message under the statement. Text only: what a server says is never markup. */
class ErrorWidget extends WidgetType {
  readonly #error: ShownError;

  constructor(error: ShownError) {
    super();
    this.#error = error;
  }

  override eq(other: ErrorWidget): boolean {
    return other.#error === this.#error;
  }

  override toDOM(view: EditorView): HTMLElement {
    const box = document.createElement('div');
    const text = document.createElement('div');
    box.className = 'cm-errorMessage';
    box.setAttribute('role', 'note');
    text.append(element('strong', this.#error.title), ' ', element('span', this.#error.message));
    if (this.#error.hint) text.append(element('em', this.#error.hint));
    box.append(text);
    // The gutters stay where they are over a text that is moved to the side: the message stands beside them.
    view.requestMeasure({
      read: () => view.dom.querySelector<HTMLElement>('.cm-gutters')?.offsetWidth ?? 0,
      write: (width) => box.style.setProperty('--gutters', `${width}px`),
    });
    return box;
  }
}

function element(name: string, text: string): HTMLElement {
  const made = document.createElement(name);
  made.append(...readableParts(text).map((part) => (part.mark === 'none' ? part.text : mark(part.text))));
  return made;
}

/** As the editor itself draws what could not be seen. */
function mark(text: string): HTMLElement {
  const made = document.createElement('span');
  made.className = 'cm-specialChar';
  made.textContent = text;
  return made;
}

/** Block widgets change the height of the text, so they come from a field and not from a plugin. */
const errorDecorations = StateField.define<DecorationSet>({
  create: (state) => decorationsOf(state),
  update: (value, { startState, state }) =>
    startState.field(runField).errors === state.field(runField).errors ? value : decorationsOf(state),
  provide: (field) => EditorView.decorations.from(field),
});

const underline = Decoration.mark({ class: 'cm-errorPlace' });

const decorationsOf = (state: EditorState): DecorationSet =>
  Decoration.set(
    state.field(runField).errors.flatMap((error) => decorationsFor(error, state)),
    true,
  );

function decorationsFor(error: ShownError, state: EditorState): Range<Decoration>[] {
  const { from, to } = error.statement;
  const widget = Decoration.widget({ widget: new ErrorWidget(error), block: true, side: 1 });
  const below = widget.range(state.doc.lineAt(Math.min(to, state.doc.length)).to);
  if (error.position === undefined) return [below];
  const place = errorRange(state.sliceDoc(from, to), error.position - from, { from: 0, to: to - from });
  return [underline.range(from + place.from, from + place.to), below];
}

export const runMarks: Extension = [runField, errorDecorations];
