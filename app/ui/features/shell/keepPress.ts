interface Press {
  readonly button: HTMLElement;
  /** Where it stood as it was pressed. */
  readonly box: DOMRect;
}

/**
 * A press counts for the button on which it began, also where a notice that came meanwhile has moved that away from under
 * the pointer: browsers drop the click then, and what was wanted is not done. Who leaves the button before letting go
 * still takes the press back. Returns what ends it.
 */
export function keepPress(page: Document): () => void {
  let press: Press | undefined;

  const begin = ({ button: key, target }: PointerEvent): void => {
    const button = key === 0 && target instanceof Element ? target.closest('button') : null;
    press = button ? { button, box: button.getBoundingClientRect() } : undefined;
  };
  const end = ({ target, clientX, clientY }: PointerEvent): void => {
    const ended = press;
    press = undefined;
    // Let go over the button, it is a click by itself.
    if (!ended || (target instanceof Node && ended.button.contains(target))) return;
    if (isWithin(ended.box, clientX, clientY) && hasMoved(ended)) ended.button.click();
  };
  const drop = (): void => {
    press = undefined;
  };

  page.addEventListener('pointerdown', begin, true);
  page.addEventListener('pointerup', end, true);
  page.addEventListener('pointercancel', drop, true);
  return () => {
    page.removeEventListener('pointerdown', begin, true);
    page.removeEventListener('pointerup', end, true);
    page.removeEventListener('pointercancel', drop, true);
  };
}

const isWithin = ({ left, right, top, bottom }: DOMRect, x: number, y: number): boolean =>
  x >= left && x <= right && y >= top && y <= bottom;

/** What was taken away is not pressed any more; what lies under something else now was covered, not moved. */
function hasMoved({ button, box }: Press): boolean {
  const { left, top } = button.getBoundingClientRect();
  return button.isConnected && (left !== box.left || top !== box.top);
}
