import { describe, expect, it } from 'vitest';
import { gridAction, type KeyPress } from './gridKeys.ts';

const size = { rows: 10_000_000, columns: 6 };
const active = { row: 100, column: 2 };
const press = (key: string, held: Partial<KeyPress> = {}): KeyPress => ({
  key,
  code: key.length === 1 ? `Key${key.toUpperCase()}` : key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...held,
});
const actionOf = (key: string, held?: Partial<KeyPress>, from = active) =>
  gridAction(press(key, held), from, size, 20);

describe('the keys of the grid', () => {
  it('move the active cell and stop at the edges', () => {
    expect(actionOf('ArrowDown')).toEqual({ kind: 'move', to: { row: 101, column: 2 }, extend: false });
    expect(actionOf('ArrowUp', {}, { row: 0, column: 0 })).toMatchObject({ to: { row: 0, column: 0 } });
    expect(actionOf('PageDown')).toMatchObject({ to: { row: 120, column: 2 } });
    expect(actionOf('PageUp', {}, { row: 3, column: 1 })).toMatchObject({ to: { row: 0, column: 1 } });
    expect(actionOf('Home')).toMatchObject({ to: { row: 100, column: 0 } });
    expect(actionOf('End')).toMatchObject({ to: { row: 100, column: 5 } });
  });

  it('reach both ends of ten million rows with Ctrl', () => {
    expect(actionOf('End', { ctrlKey: true })).toMatchObject({ to: { row: 9_999_999, column: 5 } });
    expect(actionOf('Home', { metaKey: true })).toMatchObject({ to: { row: 0, column: 0 } });
    expect(actionOf('ArrowDown', { ctrlKey: true, shiftKey: true })).toEqual({
      kind: 'move',
      to: { row: 9_999_999, column: 2 },
      extend: true,
    });
  });

  it('select, copy, open and leave', () => {
    expect(actionOf('a', { ctrlKey: true })).toEqual({ kind: 'selectAll' });
    expect(actionOf(' ', { shiftKey: true })).toEqual({ kind: 'selectRow' });
    expect(actionOf(' ', { ctrlKey: true })).toEqual({ kind: 'selectColumn' });
    expect(actionOf('c', { ctrlKey: true })).toEqual({ kind: 'copy' });
    expect(actionOf('Enter')).toEqual({ kind: 'open' });
    expect(actionOf('Escape')).toEqual({ kind: 'clear' });
  });

  it('arrange the columns without a mouse', () => {
    expect(actionOf('ArrowLeft', { altKey: true })).toEqual({ kind: 'moveColumn', by: -1 });
    expect(actionOf('ArrowDown', { altKey: true })).toEqual({ kind: 'columnMenu' });
    expect(actionOf('Ó', { altKey: true, shiftKey: true, code: 'KeyH' })).toEqual({ kind: 'hide' });
    expect(actionOf('ArrowRight', { altKey: true, shiftKey: true })).toEqual({ kind: 'resize', by: 16 });
    expect(actionOf('F', { altKey: true, shiftKey: true })).toEqual({ kind: 'fit' });
  });

  it('leave all else to others: running, tabs, typing', () => {
    expect(actionOf('Enter', { ctrlKey: true })).toBeUndefined();
    expect(actionOf('Tab')).toBeUndefined();
    expect(actionOf('x')).toBeUndefined();
    expect(actionOf('ArrowLeft', { altKey: true, ctrlKey: true })).toBeUndefined();
    expect(actionOf('C', { ctrlKey: true, shiftKey: true })).toBeUndefined();
  });
});
