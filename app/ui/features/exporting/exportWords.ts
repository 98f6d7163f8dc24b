import type { ExportFormat } from '#shared/query/exporting.ts';

const names: Record<ExportFormat, string> = {
  csv: 'CSV',
  tsv: 'TSV (tab-separated)',
  json: 'JSON (one array)',
  ndjson: 'NDJSON (an object a line)',
  sql: 'SQL inserts',
  markdown: 'Markdown table',
  xlsx: 'Excel workbook (XLSX)',
};

export const endings: Record<ExportFormat, string> = {
  csv: 'csv',
  tsv: 'tsv',
  json: 'json',
  ndjson: 'ndjson',
  sql: 'sql',
  markdown: 'md',
  xlsx: 'xlsx',
};

export const formatOptions = Object.entries(names).map(([value, label]) => ({ value, label }));
/** Without what explains it. */
export const formatName = (format: ExportFormat): string => names[format].replace(/ \(.*/, '');

export const delimiters = [
  { value: ',', label: 'Comma' },
  { value: ';', label: 'Semicolon' },
  { value: '|', label: 'Vertical bar' },
  { value: 'tab', label: 'Tab' },
];
export const delimiterOf = (value: string): string => (value === 'tab' ? '\t' : value);

export const rowCountWords = (count: number): string =>
  count === 1 ? '1 row' : `${count.toLocaleString()} rows`;

export const writtenWords = (path: string, rows: number, warnings: readonly string[]): string =>
  [`Exported ${rowCountWords(rows)} to ${path}.`, ...warnings].join(' ');
