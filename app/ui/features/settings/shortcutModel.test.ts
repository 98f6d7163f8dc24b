import { expect, it } from 'vitest';
import type { Action } from '../../stores/actions.svelte.ts';
import { ownerOf, shortcutRows } from './shortcutModel.ts';

const run = () => undefined;
const palette: Action = {
  id: 'palette',
  title: 'All actions',
  group: 'Window',
  keys: ['Mod+K'],
  global: true,
  run,
};
const goToRow: Action = {
  id: 'goToRow',
  title: 'Go to row',
  group: 'Results',
  keys: ['Mod+G'],
  within: 'results',
  run,
};
const goToLine: Action = {
  id: 'line',
  title: 'Go to line',
  group: 'Text',
  keys: ['Mod+G'],
  within: 'editor',
  run,
};
const bare: Action = { id: 'theme', title: 'Switch colours', group: 'Window', run };
const hint: Action = { id: 'leave', title: 'Leave the editor', group: 'Text' };
const all = [palette, goToRow, goToLine, bare, hint];

it('keys are taken where both actions could be meant, and free where they cannot', () => {
  expect(ownerOf('Mod+K', goToRow, all)).toBe(palette);
  expect(ownerOf('Mod+G', palette, all)).toBe(goToRow);
  expect(ownerOf('Mod+G', goToRow, all)).toBeUndefined();
  expect(ownerOf('Mod+K', palette, all)).toBeUndefined();
});

it('actions are found by title, group and keys; what cannot be run is not among them', () => {
  const found = (text: string, chosen = {}) =>
    shortcutRows(all, chosen, { text, label: (keys) => keys.replace('Mod', 'Ctrl') });
  expect(found('').map(({ action }) => action.id)).toEqual(['goToRow', 'line', 'palette', 'theme']);
  expect(found('ctrl+g row').map(({ action }) => action.id)).toEqual(['goToRow']);
  expect(found('window', { theme: ['F9'] }).map(({ isChanged }) => isChanged)).toEqual([false, true]);
});
