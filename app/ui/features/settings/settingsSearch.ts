import { listedNames, sections, settingRow, type Section, type SettingRow } from '#shared/settings/table.ts';

export interface Stretch {
  readonly from: number;
  readonly to: number;
}

export interface FoundSetting {
  readonly row: SettingRow;
  /** What of title and description was looked for. */
  readonly inTitle: readonly Stretch[];
  readonly inDescription: readonly Stretch[];
}

const rows: readonly SettingRow[] = listedNames.map(settingRow);

export const wordsOf = (text: string): string[] => text.toLowerCase().split(/\s+/).filter(Boolean);

/** Settings that hold every word somewhere: in their words, in those of their choices, or in the name of their section. */
export function findSettings(text: string): FoundSetting[] {
  const words = wordsOf(text);
  return rows
    .filter((row) => words.every((word) => searchText(row).includes(word)))
    .map((row) => ({
      row,
      inTitle: stretches(row.title, words),
      inDescription: stretches(row.description, words),
    }));
}

const searchText = ({ name, section, title, description, also = '', choices = {} }: SettingRow): string =>
  [name, sections[section], title, description, also, ...Object.values(choices)].join('\n').toLowerCase();

/** Where any of the words stands, in order and without overlap. */
export function stretches(text: string, words: readonly string[]): Stretch[] {
  const lower = text.toLowerCase();
  const found = words.flatMap((word) => {
    const places: Stretch[] = [];
    for (let at = lower.indexOf(word); at >= 0; at = lower.indexOf(word, at + word.length))
      places.push({ from: at, to: at + word.length });
    return places;
  });
  const merged: Stretch[] = [];
  for (const each of found.sort((one, other) => one.from - other.from)) {
    const last = merged.at(-1);
    if (last && each.from <= last.to)
      merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, each.to) };
    else merged.push(each);
  }
  return merged;
}

/** By section, in the order of the dialog; sections without any are left out. */
export const bySection = (found: readonly FoundSetting[]): [Section, FoundSetting[]][] =>
  (Object.keys(sections) as Section[])
    .map((section): [Section, FoundSetting[]] => [
      section,
      found.filter(({ row }) => row.section === section),
    ])
    .filter(([, rowsOfIt]) => rowsOfIt.length > 0);
