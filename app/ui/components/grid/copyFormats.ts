import { quoted as quotedName } from '#shared/sql/identifiers.ts';
import { quoteLiteral } from '#shared/sql/literals.ts';
import type { GridColumn } from './source.ts';

/** `undefined` is a cell that is not selected, in a row and a column of which others are. */
export type CopiedCell = string | null | undefined;

export interface CopiedTable {
  readonly columns: readonly GridColumn[];
  readonly rows: readonly (readonly CopiedCell[])[];
  /** For INSERT. */
  readonly target?: CopyTarget | undefined;
}

/** A table that rows are to be put into, and its columns for those that are copied. */
export interface CopyTarget {
  /** As a statement writes it. */
  readonly table: string;
  readonly names: readonly string[];
}

export const copyFormats = ['text', 'header', 'csv', 'json', 'insert', 'markdown', 'inList'] as const;
/** `text` and `header` are tab separated, as spreadsheets take it, without and with the names of the columns. */
export type CopyFormat = (typeof copyFormats)[number];

export const placeholderTable = 'table_name';

const writers: Record<CopyFormat, (table: CopiedTable) => string> = {
  text: (table) => tsv(table, false),
  header: (table) => tsv(table, true),
  csv,
  json,
  insert,
  markdown,
  inList,
};

/** Selected cells as a text; values are written as the server sent them. */
export const formatCopied = (format: CopyFormat, table: CopiedTable): string => writers[format](table);

const namesOf = ({ columns }: CopiedTable): string[] => columns.map(({ name }) => name);

/** Lines without a break after the last, so that pasting leaves no empty row behind. */
function tsv(table: CopiedTable, header: boolean): string {
  const [only] = table.rows;
  // One cell alone is pasted into texts and queries: as it is, without a spreadsheet's quotes.
  if (!header && table.rows.length === 1 && only?.length === 1) return only[0] ?? '';
  return [...(header ? [namesOf(table)] : []), ...table.rows]
    .map((row) => row.map(tsvField).join('\t'))
    .join('\n');
}

/** Quoted where its own tabs, breaks or quotes would change the table. NULL is nothing. */
function tsvField(value: CopiedCell): string {
  if (value === null || value === undefined) return '';
  return /[\t\n\r]|^"/.test(value) ? quoted(value) : value;
}

const quoted = (value: string): string => `"${value.replaceAll('"', '""')}"`;

function csv(table: CopiedTable): string {
  return [namesOf(table), ...table.rows].map((row) => row.map(csvField).join(',')).join('\n');
}

/** As COPY writes it: NULL is nothing, the empty string is two quotes. */
function csvField(value: CopiedCell): string {
  if (value === null || value === undefined) return '';
  return value === '' || value === '\\.' || /[",\n\r]|^\s|\s$/.test(value) ? quoted(value) : value;
}

const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** Numbers keep their digits, which JavaScript's own numbers would not; JSON stands in it as it is. */
function json({ columns, rows }: CopiedTable): string {
  const keys = uniqueNames(columns).map((name) => JSON.stringify(name));
  const lines = rows.map((row) => {
    const members = columns.flatMap((column, index) => {
      const value = row[index];
      return value === undefined ? [] : `${keys[index]}: ${jsonValue(value, column)}`;
    });
    return `  {${members.join(', ')}}`;
  });
  return lines.length === 0 ? '[]' : `[\n${lines.join(',\n')}\n]`;
}

function jsonValue(value: string | null, { numeric, bool, json: isJson }: GridColumn): string {
  if (value === null) return 'null';
  if (bool) return value === 't' ? 'true' : 'false';
  if (numeric && jsonNumber.test(value)) return value;
  return isJson ? value : JSON.stringify(value);
}

/** Of two members with one name a reader would keep one. */
function uniqueNames(columns: readonly GridColumn[]): string[] {
  const taken = new Set<string>();
  return columns.map(({ name }) => {
    let unique = name;
    for (let count = 2; taken.has(unique); count += 1) unique = `${name}_${count}`;
    taken.add(unique);
    return unique;
  });
}

function insert({ columns, rows, target }: CopiedTable): string {
  const names = (target?.names ?? columns.map(({ name }) => name)).map(quotedName).join(', ');
  const values = rows.map((row) => {
    const literals = columns.map((column, index) => {
      const value = row[index];
      return value === undefined ? 'DEFAULT' : literalOf(value, column);
    });
    return `  (${literals.join(', ')})`;
  });
  return `INSERT INTO ${target?.table ?? placeholderTable} (${names}) VALUES\n${values.join(',\n')};`;
}

/** Without values that are no numbers to the scanner, such as NaN, which need quotes. */
const sqlNumber = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;

function literalOf(value: string | null, { numeric, bool }: GridColumn): string {
  if (value === null) return 'NULL';
  if (bool) return value === 't' ? 'true' : 'false';
  return numeric && sqlNumber.test(value) ? value : quoteLiteral(value);
}

function markdown(table: CopiedTable): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = table.columns.map(({ numeric }) => (numeric ? '---:' : '---'));
  const rows = table.rows.map((row) => line(row.map(markdownCell)));
  return [line(namesOf(table).map(markdownCell)), line(rule), ...rows].join('\n');
}

function markdownCell(value: CopiedCell): string {
  if (value === undefined) return '';
  if (value === null) return 'NULL';
  return value
    .replace(/[\\|`*_<>[\]]/g, String.raw`\$&`)
    .replace(/\r\n|\n|\r/g, '<br>')
    .replaceAll('\t', ' ');
}

/** Each value once. NULL is left out, for nothing is ever IN a list because of it. */
function inList({ columns, rows }: CopiedTable): string {
  const [only] = columns;
  if (columns.length === 1 && only) {
    const values = rows.flatMap(([value]) =>
      value === null || value === undefined ? [] : literalOf(value, only),
    );
    return `(${[...new Set(values)].join(', ')})`;
  }
  const tuples = rows.map(
    (row) => `(${columns.map((column, index) => literalOf(row[index] ?? null, column)).join(', ')})`,
  );
  return `(${[...new Set(tuples)].join(', ')})`;
}
