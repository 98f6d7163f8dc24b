import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keepPress } from './keepPress.ts';

let clicks: number;
let button: HTMLButtonElement;
let other: HTMLElement;
let end: () => void;

const place = (top: number): void => {
  button.getBoundingClientRect = () => new DOMRect(10, top, 20, 20);
};
const send = (type: string, target: Element, more: PointerEventInit = {}): void => {
  const middle = { clientX: 20, clientY: 20, button: 0, bubbles: true };
  target.dispatchEvent(new PointerEvent(type, { ...middle, ...more }));
};

beforeEach(() => {
  clicks = 0;
  button = document.body.appendChild(document.createElement('button'));
  other = document.body.appendChild(document.createElement('p'));
  button.addEventListener('click', () => (clicks += 1));
  place(10);
  end = keepPress(document);
});
afterEach(() => {
  end();
  document.body.replaceChildren();
});

describe('a press', () => {
  it('counts for the button that has moved away from under the pointer', () => {
    send('pointerdown', button.appendChild(document.createElement('i')));
    place(42);
    send('pointerup', other);
    expect(clicks).toBe(1);
    send('pointerup', other);
    expect(clicks, 'once').toBe(1);
  });

  it('is left to the browser where it ends on the button', () => {
    send('pointerdown', button);
    place(12);
    send('pointerup', button);
    expect(clicks).toBe(0);
  });

  it('is taken back by leaving the button, also one that has moved', () => {
    send('pointerdown', button);
    place(42);
    send('pointerup', other, { clientX: 31 });
    expect(clicks).toBe(0);
  });

  it('does not count for what is covered, gone or disabled', () => {
    send('pointerdown', button);
    send('pointerup', other);
    expect(clicks, 'covered by what it opened').toBe(0);
    send('pointerdown', button);
    place(42);
    button.disabled = true;
    send('pointerup', other);
    button.disabled = false;
    expect(clicks, 'disabled').toBe(0);
    send('pointerdown', button);
    place(74);
    button.remove();
    send('pointerup', other);
    expect(clicks, 'gone').toBe(0);
  });

  it('is over where the pointer is taken for a drag, and of another key it is none', () => {
    send('pointerdown', button);
    place(42);
    send('pointercancel', button);
    send('pointerup', other);
    place(10);
    send('pointerdown', button, { button: 2 });
    place(42);
    send('pointerup', other, { button: 2 });
    expect(clicks).toBe(0);
  });
});
