import { StateField, type EditorState } from '@codemirror/state';
import { Decoration, EditorView, WidgetType, type DecorationSet } from '@codemirror/view';
import { elapsedSoFar } from '../../lib/times.ts';
import { runField } from './runField.ts';

const tickMs = 200;

const timers = new WeakMap<HTMLElement, ReturnType<typeof setInterval>>();

/** How long the statement has run, at the end of its first line. The toolbar says it to a screen reader. */
class RunTime extends WidgetType {
  readonly #since: number;

  constructor(since: number) {
    super();
    this.#since = since;
  }

  override eq(other: RunTime): boolean {
    return other.#since === this.#since;
  }

  override toDOM(): HTMLElement {
    const box = document.createElement('span');
    box.className = 'cm-runTime';
    box.setAttribute('aria-hidden', 'true');
    const show = (): void => {
      const ms = Date.now() - this.#since;
      // Most statements are over sooner; what only flashes up says nothing.
      box.textContent = ms < 1_000 ? '' : elapsedSoFar(ms);
    };
    show();
    timers.set(box, setInterval(show, tickMs));
    return box;
  }

  override destroy(box: HTMLElement): void {
    clearInterval(timers.get(box));
  }
}

function decorationsOf(state: EditorState): DecorationSet {
  const { running } = state.field(runField);
  if (!running) return Decoration.none;
  const widget = Decoration.widget({ widget: new RunTime(running.since), side: 1 });
  return Decoration.set(widget.range(state.doc.lineAt(running.from).to));
}

export const runTime = StateField.define<DecorationSet>({
  create: decorationsOf,
  update: (value, { startState, state }) =>
    startState.field(runField).running === state.field(runField).running ? value : decorationsOf(state),
  provide: (field) => EditorView.decorations.from(field),
});
