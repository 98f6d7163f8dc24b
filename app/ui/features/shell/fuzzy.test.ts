import { describe, expect, it } from 'vitest';
import { fuzzy } from './fuzzy.ts';

const found = (text: string, typed: string) =>
  fuzzy(text, typed)?.matches.map(({ from, to }) => text.slice(from, to));

describe('what is typed', () => {
  it('finds its words in any order, in pieces or by their initials', () => {
    expect(found('Run all statements', 'all run')).toEqual(['Run', 'all']);
    expect(found('Fit column', 'fc')).toEqual(['F', 'c']);
    expect(found('Show or hide the sidebar', 'shsi')).toEqual(['Sh', 'si']);
    expect(found('Go to line', 'line x')).toBeUndefined();
    expect(found('Anything', '')).toEqual([]);
  });

  it('ranks the beginning of a text before that of a word, that before its middle, and initials last', () => {
    const ranked = ['Close tab', 'Fit column as seen', 'Disclose', 'Search, then close'];
    const order = ranked
      .map((text) => ({ text, score: fuzzy(text, 'close')?.score ?? -1 }))
      .sort((one, other) => other.score - one.score)
      .map(({ text }) => text);
    expect(order).toEqual(['Close tab', 'Search, then close', 'Disclose', 'Fit column as seen']);
  });
});
