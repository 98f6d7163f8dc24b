import { expect, it } from 'vitest';
import { unsavedTexts } from './unsavedTexts.ts';

it('puts each text under its title, which stays a comment', () => {
  const tabs = [
    { title: 'query 1', text: 'select 1;\n\n' },
    { title: 'two\nlines', text: '  select 2' },
  ];
  expect(unsavedTexts(tabs)).toBe('-- query 1\nselect 1;\n\n-- two lines\n  select 2\n');
});
