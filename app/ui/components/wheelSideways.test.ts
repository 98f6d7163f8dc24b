import { expect, it } from 'vitest';
import { wheelSideways } from './wheelSideways.ts';

it('a strip follows the wheel, but for what the browser does with it, until it is let go', () => {
  const strip = document.createElement('div');
  const letGo = wheelSideways(strip);
  const turn = (init: WheelEventInit): number => {
    strip.dispatchEvent(new WheelEvent('wheel', init));
    return strip.scrollLeft;
  };
  expect(turn({ deltaY: 40 })).toBe(40);
  expect(turn({ deltaY: -1, deltaMode: WheelEvent.DOM_DELTA_LINE })).toBe(22);
  for (const held of [{ shiftKey: true }, { ctrlKey: true }, { deltaX: 5 }])
    expect(turn({ deltaY: 40, ...held })).toBe(22);
  letGo();
  expect(turn({ deltaY: 40 })).toBe(22);
});
