import {
  closeSearchPanel,
  findNext,
  findPrevious,
  getSearchQuery,
  replaceAll,
  replaceNext,
  SearchQuery,
  selectMatches,
  setSearchQuery,
} from '@codemirror/search';
import type { Command, EditorView, ViewUpdate } from '@codemirror/view';

interface Wish {
  readonly search: string;
  readonly replace: string;
  readonly caseSensitive: boolean;
  readonly regexp: boolean;
  readonly wholeWord: boolean;
}

/** More matches than that are not counted. */
const maxCounted = 10_000;
/** Counting goes through the whole text: not at each key. */
const countPauseMs = 120;

/** What is searched for in one editor, and how much of it there is. */
export class TextSearch {
  replacing = $state(false);
  readonly #view: EditorView;
  #query = $state.raw<SearchQuery>(new SearchQuery({ search: '' }));
  #count = $state.raw<{ at: number; total: number; more: boolean }>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(view: EditorView) {
    this.#view = view;
    this.#query = getSearchQuery(view.state);
    this.#countSoon();
  }

  get query(): SearchQuery {
    return this.#query;
  }

  /** `3 of 12`, or why there is nothing. */
  get words(): string {
    const { search, valid } = this.#query;
    if (search === '') return '';
    if (!valid) return 'Not a regular expression';
    if (!this.#count) return '';
    const { at, total, more } = this.#count;
    if (total === 0) return 'No match';
    const all = `${total.toLocaleString()}${more ? '+' : ''}`;
    return at > 0 ? `${at.toLocaleString()} of ${all}` : `${all} ${total === 1 ? 'match' : 'matches'}`;
  }

  change(wish: Partial<Wish>): void {
    const { search, replace, caseSensitive, regexp, wholeWord } = this.#query;
    const query = new SearchQuery({ search, replace, caseSensitive, regexp, wholeWord, ...wish });
    this.#query = query;
    this.#view.dispatch({ effects: setSearchQuery.of(query) });
  }

  next(): void {
    this.#run(findNext);
  }
  previous(): void {
    this.#run(findPrevious);
  }
  selectAll(): void {
    this.#run(selectMatches);
    this.#view.focus();
  }
  replaceNext(): void {
    this.#run(replaceNext);
  }
  replaceAll(): void {
    this.#run(replaceAll);
  }
  leave(): void {
    closeSearchPanel(this.#view);
    this.#view.focus();
  }

  updated({ state, docChanged, selectionSet, transactions }: ViewUpdate): void {
    const searched = transactions.some(({ effects }) => effects.some((each) => each.is(setSearchQuery)));
    if (searched) this.#query = getSearchQuery(state);
    if (searched || docChanged || selectionSet) this.#countSoon();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #run(command: Command): void {
    if (this.#query.valid && this.#query.search !== '') command(this.#view);
  }

  #countSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.#count = this.#counted()), countPauseMs);
  }

  #counted(): { at: number; total: number; more: boolean } | undefined {
    const { state } = this.#view;
    if (!this.#query.valid || this.#query.search === '') return undefined;
    const { from, to } = state.selection.main;
    const cursor = this.#query.getCursor(state);
    let total = 0;
    let at = 0;
    for (let each = cursor.next(); !each.done; each = cursor.next()) {
      total += 1;
      if (each.value.from === from && each.value.to === to) at = total;
      if (total >= maxCounted) return { at, total, more: true };
    }
    return { at, total, more: false };
  }
}
