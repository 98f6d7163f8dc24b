import type { Cell } from './selection.ts';

interface Nearest {
  readonly cell: Cell;
  readonly outsideX: number;
  readonly outsideY: number;
}

export interface DragTarget {
  nearest(clientX: number, clientY: number): Nearest | undefined;
  moveBy(down: number, right: number): void;
}

/** Pixels a frame for each pixel that the pointer is outside: near the edge slow, far from it fast. */
const speed = 0.35;

/**
 * Follows the pointer from its press to its release and reports the cell under it; while it is outside, the grid moves
 * on and the cell with it. Returns the way to end it early.
 */
export function followPointer(
  element: HTMLElement,
  pointerId: number,
  target: DragTarget,
  moved: (cell: Cell) => void,
  ended?: () => void,
): () => void {
  let last: PointerEvent | undefined;
  let frame: number | undefined;

  const step = (): void => {
    frame = undefined;
    const found = last && target.nearest(last.clientX, last.clientY);
    if (!found) return;
    moved(found.cell);
    if (found.outsideX === 0 && found.outsideY === 0) return;
    target.moveBy(Math.round(found.outsideY * speed), Math.round(found.outsideX * speed));
    frame = requestAnimationFrame(step);
  };
  const move = (event: PointerEvent): void => {
    last = event;
    frame ??= requestAnimationFrame(step);
  };
  const end = (): void => {
    if (frame !== undefined) cancelAnimationFrame(frame);
    element.removeEventListener('pointermove', move);
    element.removeEventListener('pointerup', end);
    element.removeEventListener('pointercancel', end);
    if (element.hasPointerCapture(pointerId)) element.releasePointerCapture(pointerId);
    ended?.();
  };
  element.setPointerCapture(pointerId);
  element.addEventListener('pointermove', move);
  element.addEventListener('pointerup', end);
  element.addEventListener('pointercancel', end);
  return end;
}
