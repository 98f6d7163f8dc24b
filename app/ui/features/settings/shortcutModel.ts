import type { Action } from '../../stores/actions.svelte.ts';
import { wordsOf } from './settingsSearch.ts';

/** An action with the keys that it has, and whether those are its own. */
export interface ShortcutRow {
  readonly action: Action;
  readonly keys: readonly string[];
  readonly isChanged: boolean;
}

/** Of nine keys for nine tabs nobody changes one, and what only says how something is done has nothing to run. */
const isOffered = ({ id, run }: Action): boolean => run !== undefined && !/^tab\d$/.test(id);

/** Actions whose title, group or keys hold every word; `label` writes keys as this computer does. */
export function shortcutRows(
  actions: readonly Action[],
  chosen: Readonly<Record<string, readonly string[]>>,
  { text, label }: { text: string; label: (keys: string) => string },
): ShortcutRow[] {
  const words = wordsOf(text);
  return actions
    .filter(isOffered)
    .map((action) => ({ action, keys: action.keys ?? [], isChanged: chosen[action.id] !== undefined }))
    .filter(({ action, keys }) => {
      const all = [action.group, action.title, ...keys.map(label)].join('\n').toLowerCase();
      return words.every((word) => all.includes(word));
    })
    .sort((one, other) => one.action.group.localeCompare(other.action.group));
}

/** Keys that every text field needs. */
const reserved = new Set(['Mod+A', 'Mod+C', 'Mod+V', 'Mod+X']);

export const isReserved = (keys: string): boolean => reserved.has(keys);

/** Who has these keys already, where both could be meant at the same time. */
export const ownerOf = (keys: string, action: Action, actions: readonly Action[]): Action | undefined =>
  actions.find(
    (each) => each.id !== action.id && (each.keys?.includes(keys) ?? false) && meetsIn(each, action),
  );

function meetsIn(one: Action, other: Action): boolean {
  const [first, second] = [placeOf(one), placeOf(other)];
  return first === second || first === 'window' || second === 'window';
}

const placeOf = ({ global, within }: Action): string => within ?? (global ? 'window' : 'own');
