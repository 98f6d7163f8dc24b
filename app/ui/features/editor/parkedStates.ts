import { Compartment, EditorState, type Extension, type StateEffect } from '@codemirror/state';
import { EditorView } from '@codemirror/view';

/** Where a document is taken up; the text is the truth, the rest is comfort. */
export interface EditorStart {
  readonly id: string;
  readonly text: string;
  readonly cursor: number | undefined;
  /** Pixels from the top. */
  readonly scroll: number | undefined;
}

interface Parked {
  readonly state: EditorState;
  readonly scroll: StateEffect<unknown>;
}

/**
 * States of documents whose tab is not shown, with their undo history: kept outside of reactivity, for nothing is drawn
 * from them. What is heard of changes belongs to one view, so it stands in a slot of its own.
 */
const parked = new Map<string, Parked>();
const listenerSlot = new Compartment();
const preferredSlot = new Compartment();

/** What may be another for the same state. */
export interface Changing {
  readonly listener: Extension;
  /** What the settings make of an editor. */
  readonly preferred: Extension;
}

export const preferAnew = (preferred: Extension): StateEffect<unknown> =>
  preferredSlot.reconfigure(preferred);

export function park(id: string, view: EditorView): void {
  parked.set(id, { state: view.state, scroll: view.scrollSnapshot() });
}

/** Forgets the documents that are closed. */
export function forgetStates(isOpen: (id: string) => boolean): void {
  for (const id of parked.keys()) if (!isOpen(id)) parked.delete(id);
}

/** A view on a document: as its tab was left, where that is known and the text is still the same. */
export function openView(
  parent: HTMLElement,
  start: EditorStart,
  extensionsWith: (preferred: Extension) => Extension,
  { listener, preferred }: Changing,
): EditorView {
  const before = parked.get(start.id);
  parked.delete(start.id);
  if (before?.state.doc.toString() === start.text) {
    const { state } = before.state.update({
      effects: [listenerSlot.reconfigure(listener), preferAnew(preferred)],
    });
    return new EditorView({ parent, state, scrollTo: before.scroll as StateEffect<never> });
  }
  const bare = EditorState.create({
    doc: start.text,
    extensions: [extensionsWith(preferredSlot.of(preferred)), listenerSlot.of(listener)],
  });
  const anchor = Math.min(start.cursor ?? 0, bare.doc.length);
  const view = new EditorView({ parent, state: bare.update({ selection: { anchor } }).state });
  const { scroll } = start;
  // Before the first layout the text has no height to scroll by.
  if (scroll)
    view.requestMeasure({ read: () => undefined, write: () => (view.scrollDOM.scrollTop = scroll) });
  return view;
}
