import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Toasts } from './toasts.svelte.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('a toast', () => {
  it('makes final what it tells of once it is gone, by time or by hand', () => {
    const toasts = new Toasts();
    const gone: string[] = [];
    toasts.show('one', { gone: () => gone.push('one') });
    toasts.show('two', { gone: () => gone.push('two') });
    toasts.dismiss(toasts.list[1]?.id ?? 0);
    expect(gone).toEqual(['two']);
    vi.advanceTimersByTime(10_000);
    expect(gone).toEqual(['two', 'one']);
    expect(toasts.list).toEqual([]);
  });

  it('makes final what it tells of as the page goes', () => {
    const toasts = new Toasts();
    const gone: string[] = [];
    toasts.show('deleted', { undo: () => gone.push('undone'), gone: () => gone.push('deleted') });
    toasts.leave();
    vi.advanceTimersByTime(10_000);
    expect([gone, toasts.list]).toEqual([['deleted'], []]);
  });

  it('is final never, where it was taken back', () => {
    const toasts = new Toasts();
    const said: string[] = [];
    toasts.show('closed', { undo: () => said.push('undone'), gone: () => said.push('final') });
    toasts.show('nothing to undo');
    toasts.undoLast();
    vi.advanceTimersByTime(10_000);
    expect(said).toEqual(['undone']);
  });
});
