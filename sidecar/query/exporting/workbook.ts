import { writeXlsxStream } from 'hucre/xlsx';
import { timestampKey } from '../arrange/times.ts';
import { decodeText, RowCursor } from '../spool/dataRow.ts';
import { forEachRow } from './byteWriter.ts';
import { distinctNames, isFinite, kindOf, type Field, type Layout } from './encoder.ts';
import type { RowFile } from './rowFile.ts';
import type { TargetFile } from './targetFile.ts';

/** Limits of Excel: rows of a sheet with its header, characters of a cell, digits of a number. Its columns are enough. */
const maxSheetRows = 1_048_576;
const maxCellLength = 32_767;
const maxDigits = 15;
const letterT = 0x74;

type Value = string | number | boolean | null;

/** Writes rows into a workbook, as many sheets as they need, while they come. */
export class Workbook implements RowFile {
  readonly #layout: Layout;
  readonly #fields: readonly Field[];
  /** By column: how its dates are shown, where it has any. */
  readonly #dateFormats: readonly (string | undefined)[];
  readonly #cursor = new RowCursor();
  readonly #waiting: Buffer[] = [];
  #wake: () => void = () => {};
  #taken: Promise<void> | undefined;
  #setTaken: () => void = () => {};
  #ended = false;
  #rows = 0;
  #cutCells = 0;
  readonly #done: Promise<void>;

  constructor(layout: Layout, file: TargetFile) {
    this.#layout = layout;
    this.#fields = layout.chosen.flatMap((index) => {
      const column = layout.columns[index];
      return column ? [{ index, name: column.name, kind: kindOf(column) }] : [];
    });
    this.#dateFormats = layout.columns.map(({ typeOid }) => dateFormats.get(typeOid));
    this.#done = this.#write(file);
    // Nobody may be waiting for the end yet, but for what was handed in last.
    this.#done.catch((error: unknown) => {
      file.fail(error);
      this.#ended = true;
      this.#setTaken();
    });
  }

  /** They are looked at later than now. */
  rows(bytes: Buffer): Promise<void> | undefined {
    if (this.#ended) return undefined;
    this.#waiting.push(Buffer.from(bytes));
    this.#taken ??= new Promise((resolve) => (this.#setTaken = resolve));
    this.#wake();
    return this.#taken;
  }

  async finish(): Promise<void> {
    this.#ended = true;
    this.#wake();
    await this.#done;
  }

  /** What did not fit into a sheet as it is. */
  get warnings(): string[] {
    const perSheet = maxSheetRows - (this.#layout.options.header ? 1 : 0);
    const sheets = Math.ceil(this.#rows / perSheet);
    return [
      ...(sheets > 1 ? [`A sheet ends at ${count(maxSheetRows)} rows, so there are ${sheets} sheets.`] : []),
      ...(this.#cutCells > 0
        ? [`A cell ends at ${count(maxCellLength)} characters: ${cutWords(this.#cutCells)} cut.`]
        : []),
    ];
  }

  async #write(file: TargetFile): Promise<void> {
    const { header } = this.#layout.options;
    const names = distinctNames(this.#fields.map(({ name }) => name));
    const stream = writeXlsxStream(this.#values(), {
      name: 'Rows',
      columns: this.#fields.map(({ index }, position) => ({
        ...(header ? { header: excelText(names[position] ?? '') } : {}),
        ...(this.#dateFormats[index] === undefined ? {} : { numFmt: this.#dateFormats[index] }),
      })),
      repeatHeaders: header,
      ...(header ? { freezePane: { rows: 1 } } : {}),
      zip64: true,
    });
    for await (const chunk of stream) await file.write(Buffer.from(chunk));
  }

  async *#values(): AsyncGenerator<Value[]> {
    for (;;) {
      const bytes = this.#waiting.shift();
      if (bytes) {
        const rows: Value[][] = [];
        forEachRow(bytes, this.#cursor, () => rows.push(this.#row(bytes)));
        yield* rows;
      } else {
        this.#setTaken();
        this.#taken = undefined;
        if (this.#ended) return;
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    }
  }

  #row(bytes: Buffer): Value[] {
    this.#rows += 1;
    const { starts, lengths } = this.#cursor;
    return this.#fields.map(({ index, kind }) => {
      const [start, length] = [starts[index] ?? 0, lengths[index] ?? -1];
      if (length < 0) return null;
      if (kind === 'boolean') return bytes[start] === letterT;
      const text = decodeText(bytes, start, start + length);
      // A sheet keeps 15 digits of a number; one with more is text, so that none is lost.
      if (kind === 'number' && isFinite(bytes, start, length) && fitsSheet(text)) return Number(text);
      const date = this.#dateFormats[index] && dateSerial(text);
      if (date !== undefined) return date;
      if (text.length <= maxCellLength) return excelText(text);
      this.#cutCells += 1;
      return excelText(
        text.slice(0, isHighSurrogate(text, maxCellLength - 1) ? maxCellLength - 1 : maxCellLength),
      );
    });
  }
}

/** Of date and timestamp. A sheet knows no time zones, so what has one stays text. */
const dateFormats = new Map([
  [1082, 'yyyy-mm-dd'],
  [1114, 'yyyy-mm-dd hh:mm:ss.000'],
]);
const dayMicros = 86_400_000_000;
/** Days are counted from 1899-12-30; before March 1900 Excel counts them in another way, and after 9999 not at all. */
const epochSerial = 25_569;
const [firstSerial, endSerial] = [61, 2_958_466];

/** A date as a sheet counts it; undefined where it has no such one, or none so fine. */
function dateSerial(text: string): number | undefined {
  const micros = timestampKey(text);
  if (micros === undefined || micros % 1_000 !== 0) return undefined;
  const serial = micros / dayMicros + epochSerial;
  return serial >= firstSerial && serial < endSerial ? serial : undefined;
}

/** Numbers beyond these are none for Excel. */
const [smallest, largest] = [2.2250738585072014e-308, 9.99999999999999e307];

function fitsSheet(text: string): boolean {
  const size = Math.abs(Number(text));
  const digits = text.replace(/e.*$/i, '').replace(/[-.]/g, '').length;
  return digits <= maxDigits && (size === 0 || (size >= smallest && size <= largest));
}

const isHighSurrogate = (text: string, at: number): boolean => (text.charCodeAt(at) & 0xfc00) === 0xd800;

/** Excel reads `_x0041_` as the character of that number. */
const excelText = (text: string): string => text.replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_');

const cutWords = (cells: number): string => (cells === 1 ? 'one was' : `${count(cells)} were`);
const count = (number: number): string => number.toLocaleString('en');
