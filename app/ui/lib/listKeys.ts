/** Where a key leads from a place in a list, and never out of it; undefined where it leads nowhere. */
export function placeAfter(
  { key, altKey, ctrlKey, metaKey, shiftKey }: KeyboardEvent,
  at: number,
  { count, page }: { count: number; page: number },
): number | undefined {
  if (altKey || ctrlKey || metaKey || shiftKey || count === 0) return undefined;
  const places = new Map([
    ['ArrowDown', at + 1],
    ['ArrowUp', at - 1],
    ['PageDown', at + page],
    ['PageUp', at - page],
    ['Home', 0],
    ['End', count - 1],
  ]);
  const place = places.get(key);
  return place === undefined ? undefined : Math.min(Math.max(place, 0), count - 1);
}

/** A listener by which Escape leaves what has the focus in it. */
export const leavesBy = (leave: () => void) => (event: KeyboardEvent) => {
  if (event.key !== 'Escape') return;
  event.preventDefault();
  event.stopPropagation();
  leave();
};
