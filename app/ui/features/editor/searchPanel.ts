import { openSearchPanel } from '@codemirror/search';
import type { Command, EditorView, Panel } from '@codemirror/view';
import { mount, unmount } from 'svelte';
import SearchPanel from './SearchPanel.svelte';
import { TextSearch } from './textSearch.svelte.ts';

const searches = new WeakMap<EditorView, TextSearch>();

/** The panel above the text, drawn by the window's own components. */
export function searchPanel(view: EditorView): Panel {
  const dom = document.createElement('div');
  const search = new TextSearch(view);
  searches.set(view, search);
  const component = mount(SearchPanel, { target: dom, props: { search } });
  return {
    dom,
    top: true,
    mount: () => dom.querySelector<HTMLInputElement>('[main-field]')?.select(),
    update: (update) => search.updated(update),
    destroy: () => {
      searches.delete(view);
      search.close();
      void unmount(component);
    },
  };
}

/** Search, with the line for what is written in its place. */
export const openReplacePanel: Command = (view) => {
  const opened = openSearchPanel(view);
  const search = searches.get(view);
  if (search) search.replacing = true;
  return opened;
};
