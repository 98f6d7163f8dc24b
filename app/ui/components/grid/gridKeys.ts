import { clampCell, type Cell, type GridSize } from './selection.ts';

/** What a key asks of the grid. */
export type GridAction =
  | { readonly kind: 'move'; readonly to: Cell; readonly extend: boolean }
  | {
      readonly kind:
        | 'selectAll'
        | 'selectRow'
        | 'selectColumn'
        | 'clear'
        | 'open'
        | 'copy'
        | 'fit'
        | 'hide'
        | 'columnMenu';
    }
  | { readonly kind: 'moveColumn'; readonly by: number }
  | { readonly kind: 'resize'; readonly by: number };

export interface KeyPress {
  readonly key: string;
  /** With Alt the physical key counts, for Alt turns letters into others. */
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

const resizeStep = 16;

/** The action of a key press while the grid has the focus; undefined leaves the key to others. */
export function gridAction(
  press: KeyPress,
  active: Cell,
  size: GridSize,
  pageRows: number,
): GridAction | undefined {
  const command = press.ctrlKey || press.metaKey;
  if (press.altKey) return command ? undefined : columnAction(press);
  const letter = press.key.toLowerCase();
  if (command && letter === 'a' && !press.shiftKey) return { kind: 'selectAll' };
  if (command && letter === 'c' && !press.shiftKey) return { kind: 'copy' };
  if (press.key === ' ' && press.shiftKey) return { kind: 'selectRow' };
  if (press.key === ' ' && command) return { kind: 'selectColumn' };
  if (press.key === 'Enter' && !command) return { kind: 'open' };
  if (press.key === 'Escape') return { kind: 'clear' };
  const target = moved(press.key, command, active, size, pageRows);
  return target && { kind: 'move', to: clampCell(target, size), extend: press.shiftKey };
}

/** Alt acts on the active column: with the arrows it moves it, with Shift too it changes its width. */
function columnAction({ key, code, shiftKey }: KeyPress): GridAction | undefined {
  const by = key === 'ArrowLeft' ? -1 : key === 'ArrowRight' ? 1 : undefined;
  if (by !== undefined)
    return shiftKey ? { kind: 'resize', by: by * resizeStep } : { kind: 'moveColumn', by };
  if (!shiftKey) return key === 'ArrowDown' ? { kind: 'columnMenu' } : undefined;
  if (code === 'KeyF') return { kind: 'fit' };
  return code === 'KeyH' ? { kind: 'hide' } : undefined;
}

function moved(
  key: string,
  far: boolean,
  { row, column }: Cell,
  { rows, columns }: GridSize,
  pageRows: number,
): Cell | undefined {
  switch (key) {
    case 'ArrowUp':
      return { row: far ? 0 : row - 1, column };
    case 'ArrowDown':
      return { row: far ? rows - 1 : row + 1, column };
    case 'ArrowLeft':
      return { row, column: far ? 0 : column - 1 };
    case 'ArrowRight':
      return { row, column: far ? columns - 1 : column + 1 };
    case 'Home':
      return { row: far ? 0 : row, column: 0 };
    case 'End':
      return { row: far ? rows - 1 : row, column: columns - 1 };
    case 'PageUp':
      return far ? undefined : { row: row - pageRows, column };
    case 'PageDown':
      return far ? undefined : { row: row + pageRows, column };
    default:
      return undefined;
  }
}
