import { isUtf8 } from 'node:buffer';
import { AppError } from '#shared/error/appError.ts';
import type { Cut, Row } from '#shared/query/result.ts';
import {
  characterStart,
  decodeText,
  headerBytes,
  nextCharacter,
  readCells,
  type Cells,
} from '../spool/dataRow.ts';
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
export async function readPage(
  spool: Pick<RowSource, 'rowCount' | 'slice'>,
  offset: number,
  limit: number,
): Promise<Page> {
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
  source: Pick<RowSource, 'part'>,
  place: { row: number; column: number },
  range: { offset: number; limit: number },
): Promise<ValuePart> {
  const cell = await findCell((from, to) => source.part(place.row, from, to), place.column);
  if (!cell) throw new AppError('NOT_FOUND', 'This result has no such row and column.');
  if (cell.length < 0) return { text: null, offset: 0, bytes: 0, complete: true };
  // The offsets of the parts must fit their texts, so what is no UTF-8 is turned into it as a whole.
  if (!(await isText(source, place, cell))) {
    const value = Buffer.from((await cell.read(0, cell.length)).toString('latin1'));
    return cutValue({ bytes: value, from: 0, length: value.length }, range);
  }
  const from = Math.max(0, Math.min(range.offset, cell.length) - longestCharacter);
  const to = Math.min(range.offset + range.limit + longestCharacter, cell.length);
  return cutValue({ bytes: await cell.read(from, to), from, length: cell.length }, range);
}

const longestCharacter = 4;
/** A value is read in parts of this size where all of it has to be looked at. */
const bytesPerLook = 1024 * 1024;

type ReadPart = (from: number, to: number) => Promise<Buffer>;

/** One cell of a row: its bytes are read by their place in the value. */
interface Cell {
  /** -1 for NULL. */
  length: number;
  read: ReadPart;
}

/** Walks over the lengths of the cells before it; nothing of what is in them is read, unless it is short. */
async function findCell(read: ReadPart, column: number): Promise<Cell | undefined> {
  let [windowFrom, window] = [0, await read(0, maxCellBytes)];
  if (window.length < headerBytes || column >= window.readInt16BE(headerBytes - 2)) return undefined;
  let at = headerBytes;
  for (let cell = 0; ; cell += 1) {
    if (at + 4 > windowFrom + window.length) [windowFrom, window] = [at, await read(at, at + maxCellBytes)];
    // It was closed meanwhile.
    if (at + 4 > windowFrom + window.length) return undefined;
    const length = window.readInt32BE(at - windowFrom);
    const start = at + 4;
    if (cell === column) return { length, read: (from, to) => read(start + from, start + to) };
    at = start + Math.max(length, 0);
  }
}

/** Whether the value of a source that was read last is UTF-8: its parts are asked for one after the other. */
const lastLooks = new WeakMap<object, { row: number; column: number; isText: boolean }>();

async function isText(
  source: object,
  { row, column }: { row: number; column: number },
  cell: Cell,
): Promise<boolean> {
  const last = lastLooks.get(source);
  if (last?.row === row && last.column === column) return last.isText;
  const isText = await isUtf8Cell(cell);
  lastLooks.set(source, { row, column, isText });
  return isText;
}

async function isUtf8Cell({ length, read }: Cell): Promise<boolean> {
  for (let at = 0; at < length;) {
    const bytes = await read(at, Math.min(at + bytesPerLook, length));
    if (bytes.length === 0) return true;
    // The last character may go on in what comes next.
    const end = at + bytes.length < length ? characterStart(bytes, 0, bytes.length - 1) : bytes.length;
    if (!isUtf8(bytes.subarray(0, end))) return false;
    at += end;
  }
  return true;
}

/** Bytes of a value around a range of it: they begin at `from`, and all of it has `length`. */
interface ValueBytes {
  bytes: Buffer;
  from: number;
  length: number;
}

function cutValue(value: ValueBytes, { offset, limit }: { offset: number; limit: number }): ValuePart {
  const { bytes, length } = value;
  const end = length - value.from;
  const from = characterStart(bytes, 0, Math.min(offset - value.from, end));
  const wanted = Math.min(from + limit, end);
  const whole = characterStart(bytes, from, wanted);
  const to = whole > from ? whole : nextCharacter(bytes, from, end);
  const text = bytes.toString('utf8', from, to);
  // Text that is mostly control characters would not fit in a message: less of it goes at once then.
  if (to - from > 1 && escapeCost(text) > maxPageBytes)
    return cutValue(value, { offset: value.from + from, limit: Math.ceil((to - from) / 2) });
  return { text, offset: value.from + from, bytes: length, complete: value.from + to >= length };
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
