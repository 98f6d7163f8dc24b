import type { Condition, SortKey, ValueOrderName } from '#shared/query/arrange.ts';
import type { Column } from '#shared/query/result.ts';
import { RowCursor } from '../spool/dataRow.ts';
import { Arrangement, type ArrangedRows } from './arrangement.ts';
import { testOf, type Test } from './conditions.ts';
import { radixSort } from './radixSort.ts';
import { scanRows, type ReadRows } from './rowScan.ts';
import { allSlots, maxSortBytes, sortColumn, SortMemory, type SortColumn } from './sortColumn.ts';
import { Turns } from '../../lib/turns.ts';
import { orderOf, plainOrder, type ValueOrder } from './valueOrders.ts';

export interface ArrangeRequest {
  sort: readonly SortKey[];
  filter: readonly Condition[];
}

export interface ArrangeProgress {
  phase: 'reading' | 'sorting';
  done: number;
  total: number;
}

export interface ArrangeOptions {
  signal: AbortSignal;
  tell: (progress: ArrangeProgress) => void;
  /** What sort keys may take; 128 MB. */
  maxBytes?: number;
}

export type Arranged =
  | { arrangement: Arrangement; totalRows: number; orders: ValueOrderName[] }
  | { tooLarge: { column: number; limitBytes: number } };

interface Rows {
  spool: ArrangedRows;
  columns: readonly Pick<Column, 'typeOid'>[];
}

/** Filters and sorts the rows that there are now. Throws the signal's reason, and INVALID_CONFIG for a bad pattern. */
export async function arrange(
  rows: Rows,
  request: ArrangeRequest,
  options: ArrangeOptions,
): Promise<Arranged> {
  const orders = rows.columns.map(({ typeOid }) => orderOf(typeOid));
  // A column whose values are not of the form of its type is put in order as words, with a new beginning.
  for (;;) {
    const result = await new Arranger(rows, orders, request, options).run();
    if (!('otherForm' in result)) return result;
    orders[result.otherForm] = plainOrder;
  }
}

interface Tested {
  column: number;
  test: Test;
}

class Arranger {
  readonly #spool: ArrangedRows;
  readonly #orders: readonly ValueOrder[];
  readonly #request: ArrangeRequest;
  readonly #options: ArrangeOptions;
  readonly #turns: Turns;
  readonly #totalRows: number;
  readonly #cursor: RowCursor;
  readonly #sorted: SortColumn[];
  #tests: Tested[] = [];
  #rows: Uint32Array;
  #count = 0;
  #stop: { otherForm: number } | { tooLarge: number } | undefined;
  readonly #limitBytes: number;

  constructor(
    { spool }: Rows,
    orders: readonly ValueOrder[],
    request: ArrangeRequest,
    options: ArrangeOptions,
  ) {
    const { sort, filter } = request;
    this.#spool = spool;
    this.#orders = orders;
    this.#request = request;
    this.#options = options;
    this.#turns = new Turns(options.signal);
    this.#totalRows = spool.rowCount;
    this.#cursor = new RowCursor(Math.max(0, ...[...sort, ...filter].map(({ column }) => column + 1)));
    this.#limitBytes = options.maxBytes ?? maxSortBytes;
    const memory = new SortMemory(this.#limitBytes);
    this.#sorted = sort.map(({ column }) => sortColumn(this.#order(column), this.#totalRows, memory));
    this.#rows = new Uint32Array(filter.length > 0 ? Math.min(this.#totalRows, 64 * 1024) : this.#totalRows);
  }

  async run(): Promise<Arranged | { otherForm: number }> {
    for (const condition of this.#request.filter)
      this.#tests.push({
        column: condition.column,
        test: await testOf(condition, this.#order(condition.column)),
      });
    await this.#read();
    const stop = this.#stop;
    if (stop && 'tooLarge' in stop)
      return { tooLarge: { column: stop.tooLarge, limitBytes: this.#limitBytes } };
    if (stop) return stop;
    const rows = await this.#sort();
    const arrangement = new Arrangement(this.#spool, rows, this.#sorted.length === 0);
    return { arrangement, totalRows: this.#totalRows, orders: this.#sorted.map(({ order }) => order.name) };
  }

  #order(column: number): ValueOrder {
    return this.#orders[column] ?? plainOrder;
  }

  async #read(): Promise<void> {
    const range = { from: 0, to: this.#totalRows };
    await scanRows(this.#spool, range, this.#turns, (read, rows) => {
      this.#take(read);
      this.#options.tell({ phase: 'reading', done: read.firstRow + rows, total: this.#totalRows });
      return this.#stop === undefined;
    });
  }

  #take({ bytes, firstRow }: ReadRows): void {
    for (let at = 0, row = firstRow; at < bytes.length && !this.#stop; row += 1) {
      this.#cursor.read(bytes, at);
      at = this.#cursor.end;
      if (this.#tests.every(({ column, test }) => test(this.#cursor.text(column)))) this.#keep(row);
    }
  }

  #keep(row: number): void {
    if (this.#count === this.#rows.length) {
      const larger = new Uint32Array(Math.min(this.#totalRows, Math.max(1, this.#rows.length) * 2));
      larger.set(this.#rows);
      this.#rows = larger;
    }
    this.#rows[this.#count] = row;
    this.#count += 1;
    for (const [index, sorted] of this.#sorted.entries()) {
      const column = this.#request.sort[index]?.column ?? 0;
      const added = sorted.add(this.#cursor.text(column));
      if (added === 'otherForm') this.#stop = { otherForm: column };
      if (added === 'tooLarge') this.#stop = { tooLarge: column };
    }
  }

  /** By the last key first: each further sort keeps the order of those that are equal to it. */
  async #sort(): Promise<Uint32Array> {
    const rows = this.#rows.subarray(0, this.#count);
    if (this.#sorted.length === 0) return rows;
    let slots = allSlots(this.#count);
    for (const [index, sorted] of [...this.#sorted.entries()].reverse()) {
      this.#options.tell({
        phase: 'sorting',
        done: this.#sorted.length - 1 - index,
        total: this.#sorted.length,
      });
      const keys = await sorted.finish(this.#request.sort[index]?.descending ?? false, this.#turns);
      slots = await radixSort(slots, keys, this.#turns);
    }
    return this.#request.filter.length === 0 ? slots : slots.map((slot) => rows[slot] ?? 0);
  }
}
