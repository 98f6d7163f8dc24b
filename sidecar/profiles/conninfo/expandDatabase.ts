import { parseKeyValue } from './keyValue.ts';
import type { Settings } from './settings.ts';
import { isUri, parseUri } from './uri.ts';

/**
 * A database's name may be a whole connection string, as psql has it, which then goes over everything else. Throws
 * ConninfoError.
 */
export function expandDatabase(settings: Settings): Settings {
  const { value = '', unexpanded } = settings.get('dbname') ?? {};
  if (!isUri(value) && !value.includes('=')) return settings;
  const { dbname: _, ...outer } = Object.fromEntries(settings);
  const inner = isUri(value) ? parseUri(value) : parseKeyValue(value);
  const marked = [...inner].map(
    ([keyword, setting]) =>
      [keyword, { ...setting, ...(unexpanded && /[$`]/.test(setting.value) && { unexpanded }) }] as const,
  );
  const merged: Settings = new Map([...Object.entries(outer), ...marked]);
  return isUri(merged.get('dbname')?.value ?? '') ? expandDatabase(merged) : merged;
}
