import { isUtf8 } from 'node:buffer';
import { AppError } from '#shared/error/appError.ts';
import type { Cut, Row } from '#shared/query/result.ts';
import { characterStart, decodeText, nextCharacter, readCells, type Cells } from '../spool/dataRow.ts';
import type { RowSource } from '../arrange/arrangement.ts';

/** What a page of rows takes on the wire, about; a page ends before it would take more, but holds one row at least. */
export const maxPageBytes = 2 * 1024 * 1024;
/** A cell of a page is cut there at the latest, and earlier in a row that would take more than a page by itself. */
export const maxCellBytes = 64 * 1024;
/** Quotes and a comma around a cell in JSON; a NULL; brackets and a comma around a row. */
const cellOverhead = 3;
const nullCost = 5;
const rowOverhead = 3;
/** After this much has been decoded the paging stands back for a turn, so that other calls stay quick. */
const bytesPerTurn = 256 * 1024;

export interface Page {
  rows: Row[];
  cut: Cut[];
}

/** Makes a page out of DataRow messages, until it is full or has `limit` rows. */
export class PageCutter {
  readonly page: Page = { rows: [], cut: [] };
  full = false;
  #cost = 0;
  readonly #firstRow: number;
  readonly #limit: number;

  constructor(firstRow: number, limit: number) {
    this.#firstRow = firstRow;
    this.#limit = limit;
  }

  /** Adds the messages in order; those after the page is full are left out. */
  add(bytes: Buffer): void {
    const { rows, cut } = this.page;
    for (let at = 0; at < bytes.length && !this.full;) {
      const cells = readCells(bytes, at);
      const row = cutRow(bytes, cells);
      if (rows.length > 0 && this.#cost + row.cost > maxPageBytes) {
        this.full = true;
        return;
      }
      for (const column of row.cutColumns)
        cut.push({ row: this.#firstRow + rows.length, column, bytes: cells.lengths[column] ?? 0 });
      rows.push(row.texts);
      this.#cost += row.cost;
      this.full = rows.length >= this.#limit || this.#cost >= maxPageBytes;
      at = cells.end;
    }
  }
}

/** The rows from `offset` on, as many as fit in a page, `limit` at most. */
export async function readPage(spool: RowSource, offset: number, limit: number): Promise<Page> {
  const cutter = new PageCutter(offset, limit);
  const { rows } = cutter.page;
  for (;;) {
    const parts = await spool.slice(offset + rows.length, limit - rows.length, bytesPerTurn);
    for (const part of parts) cutter.add(part);
    if (parts.length === 0 || cutter.full || offset + rows.length >= spool.rowCount) return cutter.page;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export interface ValuePart {
  text: string | null;
  offset: number;
  bytes: number;
  complete: boolean;
}

/**
 * A part of one value, counted in bytes of its UTF-8: whole characters only, the one around `offset` first, and one at
 * least. The next part begins where the bytes of this one's text end. NOT_FOUND where there is no such cell.
 */
export async function readValue(
  spool: RowSource,
  place: { row: number; column: number },
  range: { offset: number; limit: number },
): Promise<ValuePart> {
  const [bytes] = await spool.slice(place.row, 1, 1);
  const cells = bytes && readCells(bytes, 0);
  const start = cells?.starts[place.column];
  const length = cells?.lengths[place.column];
  if (bytes === undefined || start === undefined || length === undefined)
    throw new AppError('NOT_FOUND', 'This result has no such row and column.');
  if (length < 0) return { text: null, offset: 0, bytes: 0, complete: true };
  return cutValue(asUtf8(bytes.subarray(start, start + length)), range);
}

/** The offsets of the parts must fit their texts, so what is no UTF-8 is turned into it as a whole. */
const asUtf8 = (value: Buffer): Buffer => (isUtf8(value) ? value : Buffer.from(value.toString('latin1')));

function cutValue(value: Buffer, { offset, limit }: { offset: number; limit: number }): ValuePart {
  const from = characterStart(value, 0, Math.min(offset, value.length));
  const wanted = Math.min(from + limit, value.length);
  const whole = characterStart(value, from, wanted);
  const to = whole > from ? whole : nextCharacter(value, from, value.length);
  const text = value.toString('utf8', from, to);
  // Text that is mostly control characters would not fit in a message: less of it goes at once then.
  if (to - from > 1 && escapeCost(text) > maxPageBytes)
    return cutValue(value, { offset: from, limit: Math.ceil((to - from) / 2) });
  return { text, offset: from, bytes: value.length, complete: to >= value.length };
}

interface CutRow {
  texts: Row;
  cutColumns: number[];
  cost: number;
}

/** All cells of a row get the same limit: the largest half, quarter... of the usual one with which the row fits a page. */
function cutRow(bytes: Buffer, cells: Cells): CutRow {
  let limit = maxCellBytes;
  while (limit > 1 && leastCost(cells, limit) > maxPageBytes) limit = Math.floor(limit / 2);
  for (;;) {
    const row = cutCells(bytes, cells, limit);
    if (row.cost <= maxPageBytes || limit <= 1) return row;
    limit = Math.floor(limit / 2);
  }
}

function leastCost({ lengths }: Cells, limit: number): number {
  let cost = rowOverhead;
  for (const length of lengths) cost += length < 0 ? nullCost : Math.min(length, limit) + cellOverhead;
  return cost;
}

function cutCells(bytes: Buffer, { starts, lengths }: Cells, limit: number): CutRow {
  const texts: Row = [];
  const cutColumns: number[] = [];
  let cost = rowOverhead;
  for (let column = 0; column < lengths.length; column += 1) {
    const start = starts[column] ?? 0;
    const length = lengths[column] ?? -1;
    if (length < 0) {
      texts.push(null);
      cost += nullCost;
      continue;
    }
    const end = length > limit ? characterStart(bytes, start, start + limit) : start + length;
    const text = decodeText(bytes, start, end);
    texts.push(text);
    if (length > limit) cutColumns.push(column);
    cost += end - start + escapeCost(text) + cellOverhead;
  }
  return { texts, cutColumns, cost };
}

const control = /\p{Cc}/u;

/** A control character takes up to six bytes in JSON. Quotes only double, which the size of a page leaves room for. */
const escapeCost = (text: string): number =>
  control.test(text) ? JSON.stringify(text).length - text.length : 0;
