import { cellText, type CellText } from './cellText.ts';
import { fits, isAscii } from './columnModel.ts';
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

/** One cell of the page: keeps what it shows, and writes only what differs. */
export class CellPainter {
  readonly element: HTMLElement;
  #value: string | null | undefined;
  #column: GridColumn | undefined;
  #cut = false;
  #width = -1;
  #position = -1;
  #classes = '';
  #isMarked: boolean | undefined;
  #isActive = false;
  #isFrozen = false;
  #isClipped = false;

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
    const classes = Object.entries({
      'cell cell-value': true,
      end: column.numeric,
      json: column.json,
      frozen: isFrozen,
      selected: isTinted,
      active: isActive,
      clipped: this.#isClipped,
    });
    const wanted = classes.flatMap(([name, isOn]) => (isOn ? name : [])).join(' ');
    if (wanted !== this.#classes) element.className = this.#classes = wanted;
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
    const shown = cellText(value, { ...column, cut });
    const isPlain = shown.kind === 'plain' && !shown.more && isAscii(shown.text);
    const isWhole = isPlain ? fits(shown.text, width) : value === null || value === '';
    // Of a number that does not fit nothing is shown, as its beginning is another number.
    if (column.numeric && value !== null && (cut || !fits(value, width)))
      this.element.replaceChildren(tooWide());
    else if (isPlain) this.#write(shown.text);
    else this.element.replaceChildren(...cellNodes(shown));
    this.#clip(!isWhole);
  }

  /** A clip costs the browser at each frame; what is known to fit needs none. */
  #clip(isClipped: boolean): void {
    if (isClipped === this.#isClipped) return;
    this.#isClipped = isClipped;
    this.element.classList.toggle('clipped', isClipped);
    this.#classes = this.element.className;
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
  if (shown.kind === 'null') return [span('word', 'NULL')];
  if (shown.kind === 'empty') return [span('word', 'empty')];
  const nodes: (Node | string)[] =
    shown.kind === 'plain'
      ? [shown.text]
      : shown.parts.map(({ mark, text }) => (mark === 'none' ? text : span(mark, text)));
  if (shown.more) nodes.push(span('space', '…'));
  if (shown.note !== undefined) nodes.push(' ', span('word', shown.note));
  return nodes;
}
