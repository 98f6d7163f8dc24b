import { StateEffect, StateField } from '@codemirror/state';
import { Decoration, EditorView, type DecorationSet } from '@codemirror/view';
import type { StatementRange } from './statementAt.ts';

/** Marks for a moment what was just sent; undefined takes the mark away. */
export const flash = StateEffect.define<StatementRange | undefined>();

const mark = Decoration.mark({ class: 'cm-justSent' });

export const flashField = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(value, { changes, effects }) {
    const last = effects.findLast((each) => each.is(flash));
    if (!last) return value.map(changes);
    const range = last.value;
    return range && range.to > range.from
      ? Decoration.set(mark.range(range.from, range.to))
      : Decoration.none;
  },
  provide: (field) => EditorView.decorations.from(field),
});
