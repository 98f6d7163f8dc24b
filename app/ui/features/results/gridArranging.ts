import ArrowDown from '@lucide/svelte/icons/arrow-down';
import ArrowUp from '@lucide/svelte/icons/arrow-up';
import ListFilter from '@lucide/svelte/icons/list-filter';
import type { Condition } from '#shared/query/arrange.ts';
import type { GridView } from '../../components/grid/gridView.svelte.ts';
import { clampRanges, rangesOf, selectCell } from '../../components/grid/selection.ts';
import type { GridSorting } from '../../components/grid/source.ts';
import type { MenuItem } from '../../components/menu.ts';
import type { ArrangeWish } from '../../stores/arranging.svelte.ts';
import type { Result } from '../../stores/runsResult.svelte.ts';
import {
  operatorsFor,
  sortedBy,
  sortMark,
  toggledSort,
  valueCondition,
  withConditions,
} from './arrangeWish.ts';

/** More selected values than these are no choice of values. */
const maxValues = 200;

interface GridArrangingHooks {
  /** Asks for a filter, beginning with this one. */
  readonly edit: (condition: Condition) => void;
  readonly tell: (text: string) => void;
}

/** Order and filter as the grid of one result asks for them: its positions are those of the view. */
export class GridArranging implements GridSorting {
  readonly #result: Result;
  readonly #view: GridView;
  readonly #hooks: GridArrangingHooks;

  constructor(result: Result, hooks: GridArrangingHooks) {
    this.#result = result;
    this.#view = result.view;
    this.#hooks = hooks;
  }

  get #wanted(): ArrangeWish {
    return this.#result.arranging.wanted;
  }

  of(position: number): ReturnType<GridSorting['of']> {
    return sortMark(this.#wanted.sort, this.#column(position));
  }

  toggle(position: number, added: boolean): void {
    const sort = toggledSort(this.#wanted.sort, this.#column(position), added);
    void this.ask({ ...this.#wanted, sort });
  }

  /** Rows are others than before: the view begins at the top, in the same column. */
  async ask(wish: ArrangeWish): Promise<void> {
    if (!(await this.#result.arranging.ask(wish))) return;
    const { selection } = this.#view;
    this.#view.offset = 0;
    if (selection) this.#view.selection = selectCell({ row: 0, column: selection.active.column });
    const { rowCount } = this.#result.shown;
    if (wish.filter.length > 0) this.#hooks.tell(`${rowCount.toLocaleString()} rows are left`);
  }

  /** For the menu of a column. */
  columnItems(position: number): MenuItem[] {
    const column = this.#column(position);
    const mark = this.of(position);
    const sort = (descending: boolean | undefined) => () =>
      void this.ask({ ...this.#wanted, sort: sortedBy(this.#wanted.sort, column, descending) });
    return [
      { label: 'Sort ascending', icon: ArrowUp, run: sort(false) },
      { label: 'Sort descending', icon: ArrowDown, run: sort(true) },
      ...(mark ? [{ label: 'Sort by it no longer', run: sort(undefined) }] : []),
      { label: 'Filter…', icon: ListFilter, separated: true, run: () => this.editNew(position) },
    ];
  }

  /** For the menu of the selected cells. */
  cellItems(): MenuItem[] {
    const selected = this.#selected();
    const run = (excluded: boolean) => () => {
      if (selected)
        void this.ask(
          withConditions(this.#wanted, valueCondition(selected.column, selected.values, excluded)),
        );
    };
    const isOne = selected?.values.length === 1;
    return [
      {
        label: isOne || !selected ? 'Filter by this value' : 'Filter by these values',
        icon: ListFilter,
        separated: true,
        disabled: !selected,
        run: run(false),
      },
      {
        label: isOne || !selected ? 'Exclude this value' : 'Exclude these values',
        disabled: !selected,
        run: run(true),
      },
    ];
  }

  /** A filter for a column, with the value of the active cell put in. */
  editNew(position = this.#view.selection?.active.column ?? 0): void {
    const column = this.#column(position);
    const definition = this.#result.columns[column];
    const { active } = this.#view.selection ?? {};
    const value = active?.column === position ? this.#result.shown.row(active.row)?.[column] : undefined;
    const operator = (definition && operatorsFor(definition)[0]) ?? 'equals';
    this.#hooks.edit({ column, operator, values: [value ?? ''], matchCase: false });
  }

  #column(position: number): number {
    return this.#view.order[position] ?? -1;
  }

  /** The values of what is selected, where that is a few cells of one column, all of them here and whole. */
  #selected(): { column: number; values: (string | null)[] } | undefined {
    const { selection } = this.#view;
    const { shown } = this.#result;
    if (!selection) return undefined;
    const size = { rows: shown.rowCount, columns: this.#view.order.length };
    const ranges = clampRanges(rangesOf(selection), size);
    const [first] = ranges;
    if (!first || ranges.some(({ left, right }) => left !== first.left || right !== first.left))
      return undefined;
    const column = this.#column(first.left);
    const values: (string | null)[] = [];
    for (const { top, bottom } of ranges) {
      if (bottom - top + values.length >= maxValues) return undefined;
      for (let row = top; row <= bottom; row += 1) {
        const value = shown.row(row)?.[column];
        if (value === undefined || shown.isCut(row, column)) return undefined;
        values.push(value);
      }
    }
    return { column, values: [...new Set(values)] };
  }
}
