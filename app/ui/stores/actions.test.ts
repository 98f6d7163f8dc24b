import { afterEach, expect, test, vi } from 'vitest';
import { Actions } from './actions.svelte.ts';

afterEach(() => vi.unstubAllGlobals());

const search = { id: 'search', title: 'Search the connections', group: 'Connections', run: () => undefined };

test('an id that is live is not given to another owner, who is named', () => {
  const said = vi.fn();
  vi.stubGlobal('reportError', said);
  const actions = new Actions();
  actions.register(search);
  const gone = actions.register({ id: 'search', title: 'Search in the text', group: 'Query' });
  expect(actions.get('search')).toBe(search);
  expect(said).toHaveBeenCalledExactlyOnceWith(
    new Error('The action id search is that of “Search the connections”, not “Search in the text”'),
  );
  gone();
  expect(actions.get('search')).toBe(search);
});

test('a feature that comes anew takes the place of its former self, whose end then takes nothing away', () => {
  const said = vi.fn();
  vi.stubGlobal('reportError', said);
  const actions = new Actions();
  const gone = actions.register(search);
  const anew = { ...search };
  actions.register(anew);
  gone();
  expect(actions.get('search')).toBe(anew);
  expect(said).not.toHaveBeenCalled();
});

test('the keys that the user gave to an action stand in place of its own, wherever they are read', () => {
  const actions = new Actions({ value: { shortcuts: { search: ['Alt+S'], gone: [] } } });
  actions.register({ ...search, keys: ['/'] }, { ...search, id: 'gone', keys: ['F9'] });
  expect(actions.list.map(({ keys }) => keys)).toEqual([['Alt+S'], []]);
  expect(actions.get('search')?.keys).toEqual(['/']);
  expect(actions.hint('Search', 'search', '/')).toBe('Search (Alt+S)');
  expect(actions.hint('Gone', 'gone', 'F9')).toBe('Gone');
  expect(actions.hint('Elsewhere', 'elsewhere', 'F8')).toBe('Elsewhere (F8)');
});
