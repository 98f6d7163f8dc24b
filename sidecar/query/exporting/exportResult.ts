import type { MethodParams } from '#shared/contract/derive.ts';
import type { Column } from '#shared/query/result.ts';
import type { Clock } from '../../lib/clock.ts';
import type { RowSource } from '../arrange/arrangement.ts';
import { resultClosed } from '../result/resultClosed.ts';
import { countMessages } from '../spool/dataRow.ts';
import { Throttle } from '../throttle.ts';
import { createEncoder, layoutOf, rowFileOpener, type RowFile } from './rowFile.ts';
import { TargetFile } from './targetFile.ts';

/** Enough for a look. */
const maxPreviewLength = 20_000;

/** Rows that have all come. */
export interface ExportSource extends Pick<RowSource, 'rowCount' | 'slice'> {
  readonly columns: readonly Column[];
  /** What is asked for at once. It comes in smaller parts, after each of which others get their turn. */
  readonly bytesPerRead: number;
}

type Params = MethodParams<'query.export'>;
type Chosen = Pick<Params, 'format' | 'options' | 'columns' | 'rows'>;

interface ExportDeps {
  clock: Clock;
  /** Hawser's own, into which nothing is written. */
  dataFolder: string;
  /** Throws where it is to end. */
  check: () => void;
  onProgress: (facts: { rows: number; bytes: number; totalRows: number }) => void;
}

/** Writes rows to a file. Rejects with FILE_NOT_WRITABLE or what `check` throws, and what was there before is there still then. */
export async function exportRows(
  source: ExportSource,
  params: Params,
  { clock, dataFolder, check, onProgress }: ExportDeps,
): Promise<{ rows: number; bytes: number; warnings: readonly string[] }> {
  check();
  const openRows = await rowFileOpener(params.format);
  const file = await TargetFile.open(params.path, dataFolder);
  const ranges = rangesOf(params, source);
  const totalRows = ranges.reduce((sum, { from, to }) => sum + to - from, 0);
  let rows = 0;
  const progress = new Throttle(clock, () => onProgress({ rows, bytes: file.bytes, totalRows }));
  try {
    const out = openRows(layoutOf(source.columns, params), file);
    for (const range of ranges)
      await copyRange(source, out, range, (count) => {
        rows += count;
        progress.soon();
        check();
        if (file.failure) throw file.failure;
      });
    await out.finish();
    check();
    await file.commit();
    return { rows, bytes: file.bytes, warnings: out.warnings };
  } finally {
    progress.stop();
    await file.discard();
  }
}

/** The first rows as they would stand in the file; a workbook's as CSV. */
export async function previewRows(source: ExportSource, chosen: Chosen, limit: number): Promise<string> {
  const { format } = chosen;
  const encoder = createEncoder(format === 'xlsx' ? 'csv' : format, layoutOf(source.columns, chosen));
  const parts: Buffer[] = [encoder.begin()];
  let left = limit;
  for (const { from, to } of rangesOf(chosen, source)) {
    if (left <= 0) break;
    for (const bytes of await source.slice(from, Math.min(left, to - from), maxPreviewLength))
      parts.push(encoder.rows(bytes));
    left -= to - from;
  }
  parts.push(encoder.end());
  return Buffer.concat(parts).toString('utf8').slice(0, maxPreviewLength);
}

async function copyRange(
  source: ExportSource,
  out: RowFile,
  { from, to }: { from: number; to: number },
  onCopied: (count: number) => void,
): Promise<void> {
  for (let row = from; row < to;) {
    const parts = await source.slice(row, to - row, source.bytesPerRead);
    // A file that lacks rows without a word would be worse than none.
    if (parts.length === 0) throw resultClosed();
    for (const bytes of parts) {
      await out.rows(bytes);
      const count = countMessages(bytes);
      row += count;
      onCopied(count);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

const rangesOf = ({ rows }: Chosen, { rowCount }: ExportSource): { from: number; to: number }[] =>
  (rows ?? [{ from: 0, to: rowCount }]).map(({ from, to }) => ({
    from,
    to: Math.max(from, Math.min(to, rowCount)),
  }));
