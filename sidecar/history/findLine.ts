import type { HistoryEntry } from '#shared/history/history.ts';
import type { Block } from './blocks.ts';
import { entryOf, idOf } from './entryLine.ts';
import type { HistoryFile } from './historyFile.ts';

export interface FoundLine {
  readonly entry: HistoryEntry;
  readonly offset: number;
  /** With its line feed. */
  readonly bytes: number;
  /** Absent: it stands in the block at the end. */
  readonly block?: Block;
}

/** The entry of this number; undefined where there is none, or none any more. */
export async function findLine(file: HistoryFile, id: number): Promise<FoundLine | undefined> {
  const blocks = await file.blocks();
  const inOpen = file.openBlock.lines.find(({ text }) => idOf(text) === id);
  if (inOpen) return entryAt(inOpen.text, inOpen);
  const block = blocks.find(({ firstId, lastId }) => firstId <= id && id <= lastId);
  if (!block) return undefined;
  const bytes = await file.read(block.offset, block.length);
  for (let from = 0; from < bytes.length;) {
    const end = bytes.indexOf('\n', from);
    if (end < 0) return undefined;
    if (idOf(bytes.toString('latin1', from, Math.min(end, from + 40))) === id) {
      const found = entryAt(bytes.toString('utf8', from, end), {
        offset: block.offset + from,
        bytes: end + 1 - from,
      });
      return found && { ...found, block };
    }
    from = end + 1;
  }
  return undefined;
}

function entryAt(
  line: string,
  { offset, bytes }: Pick<FoundLine, 'offset' | 'bytes'>,
): FoundLine | undefined {
  const entry = entryOf(line);
  return entry && { entry, offset, bytes };
}
