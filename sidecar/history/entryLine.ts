import { historyEntrySchema, type HistoryEntry } from '#shared/history/history.ts';

/**
 * An entry is one line of JSON. Its first two fields stand where they are found without reading the rest: a favourite is
 * made by one byte in its place, and a removed one keeps its length and its id, and nothing else.
 */
const opening = '{"favourite":';
/** Where the flag of a favourite stands in its line. */
export const flagAt = opening.length;
const lineFeed = '\n';

/** What was run, as it is told. */
export type RanEntry = Omit<HistoryEntry, 'id' | 'favourite' | 'length'>;
/** The same, cut and cleaned. */
export type NewEntry = Omit<HistoryEntry, 'id' | 'favourite'>;

/** Text stands last, so that no name is looked for in it. */
export const lineOf = (id: number, { text, ...entry }: NewEntry): string =>
  `${opening}0,"id":${id}${JSON.stringify({ ...entry, text }).replace('{', ',')}${lineFeed}`;

/** What stands in the place of a line of so many bytes, its line feed left alone. */
export const removedLine = (id: number, bytes: number): string =>
  `${opening}0,"id":${id}}`.padEnd(bytes - 1, ' ');

/** The id of a line that begins as one of ours does. */
export function idOf(line: string): number | undefined {
  const found = /^\{"favourite":[01],"id":(\d{1,15})[,}]/.exec(line)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** What a line of the journal holds: that it is an entry in all its parts has not been looked at. */
function parse(line: string): HistoryEntry | 'removed' | undefined {
  try {
    const value = JSON.parse(line) as Partial<Record<keyof HistoryEntry, unknown>>;
    if (
      typeof value.text !== 'string' ||
      typeof value.at !== 'number' ||
      typeof value.connectionId !== 'string'
    )
      return value.text === undefined && idOf(line) !== undefined ? 'removed' : undefined;
    value.favourite = value.favourite === 1;
    return value as HistoryEntry;
  } catch {
    return undefined;
  }
}

/**
 * What a line holds; undefined where it is damaged, or was torn. `isWanted`: asked before all of it is looked at, which
 * takes longer.
 */
export function readLine(
  line: string,
  isWanted: (entry: HistoryEntry) => boolean = () => true,
): HistoryEntry | 'removed' | 'unwanted' | undefined {
  const parsed = parse(line);
  if (typeof parsed !== 'object') return parsed;
  return isWanted(parsed) ? historyEntrySchema.safeParse(parsed).data : 'unwanted';
}

/** The entry of a line, where it holds one. */
export function entryOf(line: string): HistoryEntry | undefined {
  const read = readLine(line);
  return typeof read === 'object' ? read : undefined;
}

/** The same without looking at all of it: for what is only noted of it. */
export function roughEntryOf(line: string): HistoryEntry | undefined {
  const parsed = parse(line);
  return typeof parsed === 'object' ? parsed : undefined;
}

/** What is searched of an entry, in lower case. */
export const searchedText = ({ text, error }: Pick<HistoryEntry, 'text' | 'error'>): string =>
  (error ? `${text}\n${error.message}` : text).toLowerCase();
