import { cellLook } from './cellLook.ts';
import { cellText, maxShownLength, type CellText } from './cellText.ts';
import { fits } from './columnModel.ts';
import type { GridColumn } from './source.ts';

interface CellMarks {
  readonly column: GridColumn;
  readonly position: number;
  readonly isActive: boolean;
  readonly isMarked: boolean;
  readonly isTinted: boolean;
  readonly isFrozen: boolean;
  readonly id: string;
}

/** The classes of a cell, a bit each: comparing them makes no garbage at each frame. */
const look = { end: 1, json: 2, frozen: 4, selected: 8, active: 16, clipped: 32 };

/** Most values: short, of letters that are seen as they are and of a known width. */
const isShownAsItIs = (value: string | null, { bool, bytea }: GridColumn): value is string =>
  value !== null &&
  value.length <= maxShownLength &&
  !bool &&
  !bytea &&
  /^[\x21-\x7E](?:[\x20-\x7E]*[\x21-\x7E])?$/.test(value);

/** One cell of the page: keeps what it shows, and writes only what differs. */
export class CellPainter {
  readonly element: HTMLElement;
  #value: string | null | undefined;
  #column: GridColumn | undefined;
  #cut = false;
  #width = -1;
  #position = -1;
  #looks = 0;
  #dressed = -1;
  #isMarked: boolean | undefined;
  #isActive = false;
  #isFrozen = false;

  constructor() {
    this.element = document.createElement('div');
    this.element.role = 'gridcell';
  }

  /** The grid names the line at which each position begins, and how far from the left a frozen one stays. */
  mark({ column, position, isActive, isMarked, isTinted, isFrozen, id }: CellMarks): void {
    const { element } = this;
    if (position !== this.#position || isFrozen !== this.#isFrozen) {
      this.#position = position;
      this.#isFrozen = isFrozen;
      element.ariaColIndex = String(position + 2);
      element.style.gridColumn = `c${position}`;
      element.style.left = isFrozen ? `var(--left-${position})` : '';
    }
    if (isMarked !== this.#isMarked) {
      this.#isMarked = isMarked;
      element.ariaSelected = String(isMarked);
    }
    if (isActive !== this.#isActive) {
      this.#isActive = isActive;
      element.id = isActive ? id : '';
    }
    this.#looks =
      (column.numeric ? look.end : 0) |
      (column.json ? look.json : 0) |
      (isFrozen ? look.frozen : 0) |
      (isTinted ? look.selected : 0) |
      (isActive ? look.active : 0) |
      (this.#looks & look.clipped);
    this.#dress();
  }

  /** `value` is undefined while it is on its way. */
  show(value: string | null | undefined, column: GridColumn, width: number, cut: boolean): void {
    const isSame =
      value === this.#value && column === this.#column && cut === this.#cut && width === this.#width;
    if (isSame) return;
    this.#value = value;
    this.#column = column;
    this.#cut = cut;
    this.#width = width;
    if (value === undefined) {
      this.#write('');
      return;
    }
    // Of a number that does not fit nothing is shown, as its beginning is another number.
    if (column.numeric && value !== null && (cut || !fits(value, width))) {
      this.element.replaceChildren(tooWide());
      return;
    }
    if (!cut && isShownAsItIs(value, column)) {
      this.#write(value);
      this.#clip(!fits(value, width));
      return;
    }
    this.element.replaceChildren(...cellNodes(cellText(value, { ...column, cut })));
    this.#clip(value !== null && value !== '');
  }

  /** A clip costs the browser at each frame; what is known to fit needs none. */
  #clip(isClipped: boolean): void {
    this.#looks = isClipped ? this.#looks | look.clipped : this.#looks & ~look.clipped;
    this.#dress();
  }

  #dress(): void {
    if (this.#looks === this.#dressed) return;
    this.#dressed = this.#looks;
    const names = Object.entries(look).flatMap(([name, bit]) => (this.#looks & bit ? name : []));
    this.element.className = ['cell', 'cell-value', ...names].join(' ');
  }

  #write(text: string): void {
    const { firstChild, childNodes } = this.element;
    if (firstChild instanceof Text && childNodes.length === 1) firstChild.data = text;
    else this.element.textContent = text;
  }
}

function span(className: string, text: string): HTMLElement {
  const element = document.createElement('span');
  element.className = className;
  element.textContent = text;
  return element;
}

function tooWide(): HTMLElement {
  const mark = span('space', '####');
  mark.role = 'img';
  mark.ariaLabel = 'Wider than its column';
  mark.title = 'Wider than its column: widen it, or press Enter to see the value';
  return mark;
}

/** What a cell shows, as nodes: `word`, `space` and `code` are drawn by cells.css. */
export function cellNodes(shown: CellText): (Node | string)[] {
  if (shown.kind === 'null') return [span('word', cellLook.nullText)];
  if (shown.kind === 'empty') return [span('word', 'empty')];
  const nodes: (Node | string)[] =
    shown.kind === 'plain'
      ? [shown.text]
      : shown.parts.map(({ mark, text }) => (mark === 'none' ? text : span(mark, text)));
  if (shown.more) nodes.push(span('space', '…'));
  if (shown.note !== undefined) nodes.push(' ', span('word', shown.note));
  return nodes;
}
