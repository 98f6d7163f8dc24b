import type { HistoryEntry } from '#shared/history/history.ts';
import type { Clock } from '../lib/clock.ts';
import { atMost } from '../lib/deadline.ts';
import type { Block } from './blocks.ts';
import type { EntryQuery } from './entryQuery.ts';
import type { HistoryFile } from './historyFile.ts';

/** A search answers by then, also where it has not come to the end. */
export const searchMs = 80;
/** So much is read at once: little at first, for what is looked for is often near. */
const maxReadBytes = 1024 ** 2;

export interface Found {
  /** Newest first. */
  readonly entries: HistoryEntry[];
  readonly complete: boolean;
  /** Where it is to be gone on from: with what is older than this. */
  readonly next?: number;
}

export interface SearchOptions {
  readonly query: EntryQuery;
  readonly limit: number;
  readonly before: number;
  readonly clock: Clock;
}

/** From the newest block back to the first, reading only those that may hold something. */
export async function searchFile(
  file: HistoryFile,
  { query, limit, before, clock }: SearchOptions,
): Promise<Found> {
  const endsAt = clock.monotonic() + searchMs;
  let blocks = await file.knownBlocks();
  if (!blocks) {
    await atMost(searchMs, file.catchUp());
    blocks = await file.knownBlocks();
  }
  if (!blocks) return { entries: [], complete: false };
  const entries: HistoryEntry[] = [];
  const take = (found: readonly HistoryEntry[]): void => {
    for (const entry of found.toReversed())
      if (entry.id < before && entries.length <= limit) entries.push(entry);
  };
  const upTo = (entry: HistoryEntry | undefined, kept: HistoryEntry[]): Found => ({
    entries: kept,
    complete: false,
    ...(entry ? { next: entry.id } : {}),
  });
  take(query.found(file.openBlock.lines.map(({ text }) => text).join('\n')));
  let atOnce = 1;
  for (let at = blocks.length - 1; at >= 0;) {
    if (entries.length > limit) break;
    const block = blocks[at];
    if (!block) break;
    if (block.firstId >= before || !query.mayBeIn(block)) {
      at -= 1;
      continue;
    }
    if (clock.monotonic() > endsAt)
      return { entries, complete: false, next: Math.min(before, block.lastId + 1) };
    const first = runOf(blocks, at, atOnce, query);
    const from = blocks[first]?.offset ?? block.offset;
    const bytes = await file.read(from, block.offset + block.length - from);
    // Block by block: texts as long as all that was read would lie in memory for long after.
    for (const { offset, length } of blocks.slice(first, at + 1).reverse())
      take(query.found(bytes.toString('utf8', offset - from, offset - from + length)));
    at = first - 1;
    atOnce *= 2;
  }
  if (entries.length > limit) return upTo(entries[limit - 1], entries.slice(0, limit));
  return { entries, complete: true };
}

/** The first of the blocks that are read together with the one at `last`: all of them may hold something. */
function runOf(blocks: readonly Block[], last: number, atOnce: number, query: EntryQuery): number {
  const end = (blocks[last]?.offset ?? 0) + (blocks[last]?.length ?? 0);
  let first = last;
  for (let at = last - 1; at > last - atOnce; at -= 1) {
    const block = blocks[at];
    if (!block || end - block.offset > maxReadBytes || !query.mayBeIn(block)) break;
    first = at;
  }
  return first;
}
