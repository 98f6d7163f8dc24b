import type { App } from '../../stores/context.ts';
import { fuzzy, type FuzzyMatch } from './fuzzy.ts';

export interface PaletteEntry {
  readonly id: string;
  readonly group: string;
  readonly title: string;
  readonly keys?: string | undefined;
  /** What of the title was typed. */
  readonly matches?: FuzzyMatch['matches'];
  readonly run: () => void;
}

/** What the palette knows of a setting. */
export interface PaletteSetting {
  readonly name: string;
  readonly title: string;
}

const maxRecent = 5;
const settingsGroup = 'Settings';

/** What was done last from the palette, newest first; for this window. */
let recent: readonly string[] = [];

export function remember({ id }: Pick<PaletteEntry, 'id'>): void {
  recent = [id, ...recent.filter((each) => each !== id)].slice(0, maxRecent);
}

/**
 * What can be done now, and where one can go. With nothing typed: what was done last, then all by its group. Else what
 * answers to it, best first; a group's name counts too, but less than a title. The last one looks for it in the databases.
 */
export function paletteEntries(
  app: App,
  typed: string,
  settings: readonly PaletteSetting[] = [],
): PaletteEntry[] {
  const all = [...actionEntries(app), ...tabEntries(app), ...connectionEntries(app)];
  if (typed.trim() === '') {
    const last = recent.flatMap((id) => all.find((each) => each.id === id) ?? []);
    const lately = last.map((each) => ({ ...each, group: 'Recent' }));
    return [...lately, ...all.filter((each) => !last.includes(each))];
  }
  const ranked = [...all, ...settingEntries(app, settings)].flatMap((entry) => {
    const inTitle = fuzzy(entry.title, typed);
    const found = inTitle ?? fuzzy(`${entry.title} ${entry.group}`, typed);
    if (!found) return [];
    // Of two that answer alike, what can be done is meant, not the setting.
    const less = (inTitle ? 0 : 2) + (entry.group === settingsGroup ? 0.1 : 0);
    const score = found.score + (recent.includes(entry.id) ? 0.5 : 0) - less;
    return [{ score, entry: { ...entry, matches: inTitle?.matches ?? [] } }];
  });
  return [
    ...ranked.sort((one, other) => other.score - one.score).map(({ entry }) => entry),
    seek(app, typed),
  ];
}

/** A setting is looked for by its name; it leads to where it is changed. */
const settingEntries = ({ workspace }: App, settings: readonly PaletteSetting[]): PaletteEntry[] =>
  settings.map(({ name, title }) => ({
    id: `setting:${name}`,
    group: settingsGroup,
    title,
    run: () => workspace.openSettings(title),
  }));

/** What stands in a database is found elsewhere: one key leads there with what was typed. */
const seek = ({ actions, workspace }: App, typed: string): PaletteEntry => ({
  id: 'seek',
  group: 'Go to',
  title: `Find “${typed.trim()}” in tables, columns, functions …`,
  keys: actions.keyOf('quickOpen', 'Mod+P'),
  run: () => workspace.quickOpen(typed.trim()),
});

const actionEntries = ({ actions }: App): PaletteEntry[] =>
  actions.list
    .filter((action) => actions.isEnabled(action) && action.isListed !== false && action.id !== 'palette')
    .map(({ id, group, title, keys, run }) => ({ id, group, title, keys: keys?.[0], run: () => run?.() }));

const tabEntries = ({ documents, commands }: App): PaletteEntry[] =>
  documents.list
    .filter(({ id }) => id !== documents.active?.id)
    .map(({ id, title }) => ({
      id: `tab:${id}`,
      group: 'Open tabs',
      title,
      run: () => commands.tabs.activate(id),
    }));

const connectionEntries = ({ connections, commands }: App): PaletteEntry[] =>
  connections.list.map(({ config }) => ({
    id: `connection:${config.id}`,
    group: 'Go to',
    title: config.name,
    run: () => void commands.connections.activate(config.id),
  }));
