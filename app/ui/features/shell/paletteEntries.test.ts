import { describe, expect, it } from 'vitest';
import { Actions } from '../../stores/actions.svelte.ts';
import type { App } from '../../stores/context.ts';
import { paletteEntries } from './paletteEntries.ts';

function titles(typed: string): string[] {
  const actions = new Actions();
  for (const title of ['Kept sessions', 'Open the settings'])
    actions.register({ id: title, title, group: 'Window', run: () => {} });
  const app = { actions, documents: { list: [] }, connections: { list: [] } } as unknown as App;
  const settings = ['Kept for', 'Font size'].map((title) => ({ name: title, title }));
  return paletteEntries(app, typed, settings).map(({ title }) => title);
}

describe('what the palette finds', () => {
  it('is the action before a setting that answers as well', () => {
    expect(titles('kept').slice(0, 2)).toEqual(['Kept sessions', 'Kept for']);
  });

  it('is the setting where it answers better', () => {
    expect(titles('kept for')[0]).toBe('Kept for');
    expect(titles('setting')[0]).toBe('Open the settings');
  });

  it('ends with the search in the databases', () => {
    expect(titles('orders')).toEqual(['Find “orders” in tables, columns, functions …']);
  });
});
