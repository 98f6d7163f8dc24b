import type { Column } from '#shared/query/result.ts';
import { RowCursor } from '../spool/dataRow.ts';
import type { Spool } from '../spool/spool.ts';
import type { Arrangement } from './arrangement.ts';
import { scanRows, type ReadRows } from './rowScan.ts';
import { Turns } from '../../lib/turns.ts';

/** One call looks for as long as this, about; the window asks for more, and shows how far it is meanwhile. */
const shareMs = 150;

export interface FindRequest {
  text: string;
  matchCase: boolean;
  from: number;
  to?: number | undefined;
  limit: number;
}

export interface FoundCells {
  matches: { row: number; column: number }[];
  next: number | null;
}

interface Rows {
  spool: Pick<Spool, 'rowCount' | 'slice'>;
  columns: readonly Pick<Column, 'typeOid'>[];
  arrangement: Arrangement | undefined;
}

const boolOid = 16;
const boolWords = new Map([
  ['t', 'true'],
  ['f', 'false'],
]);

/** Looks for a text in the cells from one row on, until there are enough of them or the share of time is over. */
export async function findCells(rows: Rows, request: FindRequest, signal: AbortSignal): Promise<FoundCells> {
  const end = Math.min(request.to ?? Infinity, rows.spool.rowCount);
  const finder = new Finder(rows, request);
  const turns = new Turns(signal);
  const until = performance.now() + shareMs;
  await scanRows(rows.spool, { from: request.from, to: end }, turns, (read, count) => {
    finder.look(read, count);
    return !finder.full && performance.now() < until;
  });
  const { matches, next } = finder;
  return { matches, next: next < end ? next : null };
}

class Finder {
  readonly matches: { row: number; column: number }[] = [];
  next: number;
  readonly #request: FindRequest;
  readonly #arrangement: Arrangement | undefined;
  readonly #columns: readonly Pick<Column, 'typeOid'>[];
  readonly #wanted: string;
  readonly #cursor: RowCursor;
  /** Rows that cannot hold the text are passed over by a look at their bytes alone. */
  readonly #glance: ((bytes: Buffer) => boolean) | undefined;

  constructor({ columns, arrangement }: Rows, request: FindRequest) {
    this.#request = request;
    this.#columns = columns;
    this.#arrangement = arrangement;
    this.#wanted = request.matchCase ? request.text : request.text.toLowerCase();
    this.#cursor = new RowCursor(columns.length);
    this.next = request.from;
    this.#glance = columns.some(({ typeOid }) => typeOid === boolOid) ? undefined : glance(request);
  }

  get full(): boolean {
    return this.matches.length >= this.#request.limit;
  }

  look({ bytes, firstRow }: ReadRows, rows: number): void {
    if (this.#glance?.(bytes) === false) {
      this.next = firstRow + rows;
      return;
    }
    for (let at = 0, row = firstRow; at < bytes.length && !this.full; row += 1) {
      this.#cursor.read(bytes, at);
      at = this.#cursor.end;
      this.#lookAt(row);
      this.next = row + 1;
    }
  }

  /** All of a row or nothing: the next call goes on with a whole row. */
  #lookAt(row: number): void {
    const place = this.#arrangement ? this.#arrangement.placeOf(row) : row;
    if (place === undefined) return;
    for (let column = 0; column < this.#columns.length; column += 1)
      if (this.#holds(column)) this.matches.push({ row: place, column });
  }

  #holds(column: number): boolean {
    const text = this.#cursor.text(column);
    if (text === null) return false;
    // Found is what is seen: the words that stand for a boolean, not the letters that the server sends.
    const shown = this.#columns[column]?.typeOid === boolOid ? (boolWords.get(text) ?? text) : text;
    return (this.#request.matchCase ? shown : shown.toLowerCase()).includes(this.#wanted);
  }
}

/** Only for plain letters: others may be written in several ways, and their lower case take other bytes. */
const plain = /^[\x20-\x7e]+$/u;
/** Letters outside ASCII whose lower case begins inside it. */
const folding = ['\u212a', '\u0130'];

function glance({ text, matchCase }: FindRequest): ((bytes: Buffer) => boolean) | undefined {
  if (!plain.test(text)) return undefined;
  if (matchCase) return (bytes) => bytes.includes(text);
  const wanted = text.toLowerCase();
  return (bytes) =>
    bytes.toString('latin1').toLowerCase().includes(wanted) ||
    folding.some((letter) => bytes.includes(letter));
}
