import { expect, it } from 'vitest';
import { listedNames, settingRow } from '#shared/settings/table.ts';
import { bySection, findSettings, stretches } from './settingsSearch.ts';

const names = (text: string) => findSettings(text).map(({ row }) => row.name);

it('a setting is found by every word that it is called or known by, and by its name', () => {
  expect(names('')).toEqual(listedNames);
  expect(names('word WRAP')).toEqual(['wordWrap']);
  expect(names('sslmode')).toEqual(['defaultTlsMode']);
  expect(names('retentionDays')).toEqual(['retentionDays']);
  expect(names('upper')).toEqual(['keywordCase']);
  expect(names('nothing like it')).toEqual([]);
});

it('what was looked for is marked, and the sections stay in their order', () => {
  const [first] = findSettings('font editor');
  expect(first?.inTitle.map(({ from, to }) => first.row.title.slice(from, to))).toEqual(['Font', 'editor']);
  expect(stretches('aaa', ['aa', 'a'])).toEqual([{ from: 0, to: 3 }]);
  expect(bySection(findSettings('font')).map(([section]) => section)).toEqual(['editor', 'results']);
});

it('the range of a number and the choices of a choice are those of the schema', () => {
  expect(settingRow('retentionDays')).toMatchObject({ kind: 'number', range: { least: 1, most: 365 } });
  expect(settingRow('defaultTlsMode')).toMatchObject({ kind: 'choice', absent: 'What suits the host' });
  expect(settingRow('persistenceFolder').kind).toBe('folder');
  expect(settingRow('nullText').kind).toBe('text');
  expect(settingRow('wordWrap').kind).toBe('switch');
});
