import { EditorView } from '@codemirror/view';

/**
 * Typing over a selection. Left to itself, Chromium keeps the look of what was there by writing inline styles into the
 * page before the editor draws anew, which the page's policy refuses and reports each time. The same input handlers are
 * asked as in the usual way, so that a bracket still goes around the selection.
 */
export const typeOver = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { data, inputType, isComposing } = event;
    const { main, ranges } = view.state.selection;
    if (inputType !== 'insertText' || !data || isComposing || main.empty || ranges.length > 1) return false;
    const insert = () =>
      view.state.update(view.state.replaceSelection(data), { userEvent: 'input.type', scrollIntoView: true });
    const handled = view.state
      .facet(EditorView.inputHandler)
      .some((handler) => handler(view, main.from, main.to, data, insert));
    if (!handled) view.dispatch(insert());
    event.preventDefault();
    return true;
  },
});
