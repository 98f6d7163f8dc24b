/** Pixels, where a mouse counts its turns in lines. */
const lineHeight = 18;

/** A strip that only scrolls to the sides follows the wheel, which most mice turn in one direction only. */
export function wheelSideways(strip: HTMLElement): () => void {
  const wheel = ({ deltaX, deltaY, deltaMode, shiftKey, ctrlKey }: WheelEvent): void => {
    // With Shift the browser itself scrolls to the sides; with Ctrl it makes all of it larger.
    if (deltaX !== 0 || shiftKey || ctrlKey) return;
    strip.scrollLeft += deltaMode === WheelEvent.DOM_DELTA_LINE ? deltaY * lineHeight : deltaY;
  };
  strip.addEventListener('wheel', wheel, { passive: true });
  return () => strip.removeEventListener('wheel', wheel);
}
