import type { ExportOptions } from '#shared/query/exporting.ts';
import type { Column } from '#shared/query/result.ts';
import { RowCursor } from '../spool/dataRow.ts';
import { ByteWriter, forEachRow } from './byteWriter.ts';

/** Turns rows into the bytes of a file. */
export interface Encoder {
  /** What stands before the first row. */
  begin(): Buffer;
  /** Whole DataRow messages, back to back. */
  rows(bytes: Buffer): Buffer;
  end(): Buffer;
}

/** What is written: which columns in which order, and how. */
export interface Layout {
  /** All that the rows have. */
  columns: readonly Column[];
  /** Those that are written. */
  chosen: readonly number[];
  options: ExportOptions;
}

/** What kinds of text a type gives, as far as a format tells them apart. */
export type ValueKind = 'number' | 'boolean' | 'json' | 'text';

/** int2, int4, int8, oid, float4, float8, numeric. */
const numberOids = new Set([20, 21, 23, 26, 700, 701, 1700]);
const booleanOid = 16;
const jsonOids = new Set([114, 3802]);

export function kindOf({ typeOid }: Column): ValueKind {
  if (numberOids.has(typeOid)) return 'number';
  if (typeOid === booleanOid) return 'boolean';
  return jsonOids.has(typeOid) ? 'json' : 'text';
}

const [minus, digit0, digit9] = [0x2d, 0x30, 0x39];

/** Digits, maybe behind a minus: not NaN and not Infinity. The server writes no number without one before its point. */
export function isFinite(bytes: Buffer, from: number, length: number): boolean {
  const first = bytes[from] === minus && length > 1 ? bytes[from + 1] : bytes[from];
  return length > 0 && first !== undefined && first >= digit0 && first <= digit9;
}

/** One chosen column of a layout. */
export interface Field {
  /** Its place in the row. */
  index: number;
  name: string;
  kind: ValueKind;
}

/** An encoder that writes value by value. */
export abstract class RowEncoder implements Encoder {
  protected readonly out = new ByteWriter();
  protected readonly fields: readonly Field[];
  protected readonly options: ExportOptions;
  readonly #cursor = new RowCursor();

  constructor({ columns, chosen, options }: Layout) {
    this.options = options;
    this.fields = chosen.flatMap((index) => {
      const column = columns[index];
      return column ? [{ index, name: column.name, kind: kindOf(column) }] : [];
    });
  }

  begin(): Buffer {
    return this.out.take();
  }

  rows(bytes: Buffer): Buffer {
    const cursor = this.#cursor;
    forEachRow(bytes, cursor, () => this.row(bytes, cursor));
    return this.out.take();
  }

  end(): Buffer {
    return this.out.take();
  }

  protected abstract row(bytes: Buffer, cursor: RowCursor): void;
}

/** Two columns may have one name, and an object or a table only one of each. */
export function distinctNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let free = name;
    for (let number = 2; taken.has(free); number += 1) free = `${name}_${number}`;
    taken.add(free);
    return free;
  });
}
