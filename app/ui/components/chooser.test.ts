import { expect, it } from 'vitest';
import { choicesFor } from './chooser.ts';

it('finds names that hold what was typed, those that begin with it first', () => {
  const choices = ['my_shop', 'Shop', 'stock'].map((name) => ({ id: name, name }));
  const names = (typed: string) => choicesFor(choices, typed).map(({ name }) => name);
  expect(names(' shop ')).toEqual(['Shop', 'my_shop']);
  expect(names('')).toEqual(['my_shop', 'Shop', 'stock']);
  expect(names('none')).toEqual([]);
});
