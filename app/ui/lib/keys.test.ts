import { describe, expect, it } from 'vitest';
import { keysLabel, matches, shortcutOf, type KeyPress } from './keys.ts';

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  code: '',
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...more,
});

describe('matches', () => {
  it('takes Mod as Ctrl, and on a Mac as Cmd', () => {
    expect(matches(press('b', { ctrlKey: true }), 'Mod+B', false)).toBe(true);
    expect(matches(press('b', { ctrlKey: true }), 'Mod+B', true)).toBe(false);
    expect(matches(press('b', { metaKey: true }), 'Mod+B', true)).toBe(true);
  });

  it('wants exactly the modifiers that are written', () => {
    expect(matches(press('b', { ctrlKey: true, shiftKey: true }), 'Mod+B', false)).toBe(false);
    expect(matches(press('B', { ctrlKey: true, shiftKey: true }), 'Mod+Shift+B', false)).toBe(true);
    expect(matches(press('b'), 'Mod+B', false)).toBe(false);
    expect(matches(press('b', { ctrlKey: true, metaKey: true }), 'Mod+B', false)).toBe(false);
  });

  it('reads the physical key with Alt, which makes other letters on a Mac', () => {
    expect(matches(press('†', { altKey: true, code: 'KeyT' }), 'Alt+T', true)).toBe(true);
    expect(matches(press('¡', { altKey: true, code: 'Digit1' }), 'Alt+1', true)).toBe(true);
  });

  it('takes a sign with or without Shift, as the keyboard has it', () => {
    expect(matches(press('?', { shiftKey: true }), '?', false)).toBe(true);
    expect(matches(press('/', {}), '/', false)).toBe(true);
  });
});

describe('keysLabel', () => {
  it('writes a shortcut as the computer names its keys', () => {
    expect(keysLabel('Mod+Shift+Enter', false)).toBe('Ctrl+Shift+Enter');
    expect(keysLabel('Mod+Enter', true)).toBe('⌘↩');
    expect(keysLabel('Alt+ArrowUp', false)).toBe('Alt+↑');
  });
});

describe('shortcutOf', () => {
  it.each([
    [press('k', { ctrlKey: true }), 'Mod+K'],
    [press('K', { ctrlKey: true, shiftKey: true }), 'Mod+Shift+K'],
    [press('†', { altKey: true, code: 'KeyT' }), 'Alt+T'],
    [press('!', { altKey: true, shiftKey: true, code: 'Digit1' }), 'Alt+Shift+1'],
    [press('ArrowUp', { altKey: true, code: 'ArrowUp' }), 'Alt+ArrowUp'],
    [press('F6', { shiftKey: true }), 'Shift+F6'],
    [press('?', { shiftKey: true }), '?'],
    [press(',', { ctrlKey: true }), 'Mod+,'],
  ])('%j is %s, and is matched by it', (pressed, shortcut) => {
    expect(shortcutOf(pressed, false)).toBe(shortcut);
    expect(matches(pressed, shortcut, false)).toBe(true);
  });

  it.each([
    press('k'),
    press('K', { shiftKey: true }),
    press('Enter'),
    press('Tab', { ctrlKey: true }),
    press('Escape'),
    press('Control', { ctrlKey: true }),
    press('k', { metaKey: true }),
    press('-', { altKey: true, code: 'Minus' }),
  ])('%j is none', (pressed) => {
    expect(shortcutOf(pressed, false)).toBeUndefined();
  });
});
