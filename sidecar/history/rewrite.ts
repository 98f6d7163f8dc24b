import { setImmediate as nextTurn } from 'node:timers/promises';
import type { HistoryEntry } from '#shared/history/history.ts';
import { entryOf } from './entryLine.ts';
import { HistoryFile, removeHistoryFile } from './historyFile.ts';

/** A journal is written anew where a quarter of it has expired, a small one for less. */
const expiredShare = 0.25;
const smallBytes = 4 * 1024 ** 2;

/** What of a journal is gone through, and which edits it had seen by then. */
export interface RewritePlan {
  readonly places: readonly { offset: number; length: number }[];
  readonly end: number;
  readonly edits: number;
}

export async function planRewrite(file: HistoryFile): Promise<RewritePlan> {
  const blocks = await file.blocks();
  const { size: end, edits } = file;
  const { offset } = file.openBlock;
  return { places: [...blocks, { offset, length: end - offset }], end, edits };
}

/**
 * Writes what is to be kept into a journal beside it, a block at a time, while the other goes on growing. Damaged lines
 * are left out, and numbers stay.
 */
export async function rewrite(
  file: HistoryFile,
  { places }: RewritePlan,
  path: string,
  isKept: (entry: HistoryEntry) => boolean,
): Promise<{ other: HistoryFile; removed: number }> {
  await removeHistoryFile(path);
  const other = await HistoryFile.open(path);
  let removed = 0;
  try {
    for (const { offset, length } of places) {
      const lines = (await file.read(offset, length)).toString().split('\n');
      const entries = lines.flatMap((line) => {
        const entry = entryOf(line);
        return entry ? [{ entry, line }] : [];
      });
      const kept = entries.filter(({ entry }) => isKept(entry));
      removed += entries.length - kept.length;
      if (kept.length > 0) await other.append(kept.map(({ line }) => `${line}\n`));
      await nextTurn();
    }
    return { other, removed };
  } catch (error) {
    await discard(other, path);
    throw error;
  }
}

/** Puts the new journal in the place of the one that it was made of, with what that has got meanwhile. */
export async function takeOver(file: HistoryFile, other: HistoryFile, end: number): Promise<void> {
  const rest = (await file.read(end, file.size - end)).toString().split('\n').filter(Boolean);
  if (rest.length > 0) await other.append(rest.map((line) => `${line}\n`));
  await file.becomeReplacedBy(other);
}

export async function discard(other: HistoryFile, path: string): Promise<void> {
  await other.close();
  await removeHistoryFile(path);
}

/** Whether so much of it is older than this that it is worth writing it anew. */
export async function hasMuchBefore(file: HistoryFile, expiredAt: number): Promise<boolean> {
  const blocks = await file.blocks();
  const expired = blocks.filter(({ maxAt, hasFavourites }) => maxAt < expiredAt && !hasFavourites);
  const bytes = expired.reduce((sum, { length }) => sum + length, 0);
  if (bytes > file.size * expiredShare) return true;
  const isSmall = file.size < smallBytes;
  return (
    isSmall && [...blocks.map(({ minAt }) => minAt), file.openBlock.oldestAt].some((at) => at < expiredAt)
  );
}
