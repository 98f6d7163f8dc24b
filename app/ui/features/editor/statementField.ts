import { StateEffect, StateField, type EditorState, type Extension } from '@codemirror/state';
import { gutter, GutterMarker } from '@codemirror/view';
import { runField } from './runField.ts';
import { movedStatements, statementAt, type StatementRange } from './statementAt.ts';

interface Statements {
  readonly ranges: readonly StatementRange[];
  /** The text has not changed since they were found. */
  readonly exact: boolean;
}

export const setStatements = StateEffect.define<readonly StatementRange[]>();

/** The statements of the text as the sidecar found them; until it answers again they move with what is typed. */
export const statementField = StateField.define<Statements>({
  create: () => ({ ranges: [], exact: false }),
  update(value, transaction) {
    for (const effect of transaction.effects)
      if (effect.is(setStatements)) return { ranges: effect.value, exact: true };
    if (!transaction.docChanged) return value;
    const ranges = movedStatements(value.ranges, (position, side) =>
      transaction.changes.mapPos(position, side),
    );
    return { ranges, exact: false };
  },
});

/** The statement at the cursor, as far as it is known. */
function activeStatement(state: EditorState): StatementRange | undefined {
  const { head } = state.selection.main;
  return statementAt(state.field(statementField).ranges, head, state.doc.lineAt(head).from);
}

/** What a command works on: the selection, else the statement at the cursor. */
export function targetRange(state: EditorState): StatementRange | undefined {
  const { from, to, empty } = state.selection.main;
  return empty ? activeStatement(state) : { from, to };
}

class StatementMarker extends GutterMarker {
  override readonly elementClass: string;

  constructor(kind: string) {
    super();
    this.elementClass = `cm-statementBar-${kind}`;
  }
}

const active = new StatementMarker('active');
const running = new StatementMarker('running');
const failed = new StatementMarker('failed');

const touches = (range: StatementRange | undefined, from: number, to: number): boolean =>
  range !== undefined && range.from <= to && range.to >= from;

/** The bar between line numbers and text: at the statement that runs, else at the one that would. */
export const statementGutter: Extension = [
  statementField,
  gutter({
    class: 'cm-statementBar',
    lineMarker(view, { from, to }) {
      const { running: atWork, errors } = view.state.field(runField);
      if (touches(atWork, from, to)) return running;
      if (errors.some(({ statement }) => touches(statement, from, to))) return failed;
      return !atWork && touches(activeStatement(view.state), from, to) ? active : null;
    },
    lineMarkerChange: (update) =>
      update.selectionSet ||
      update.startState.field(statementField) !== update.state.field(statementField) ||
      update.startState.field(runField) !== update.state.field(runField),
  }),
];
