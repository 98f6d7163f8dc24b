import type { SaveTo } from '#shared/query/exporting.ts';
import { exportDefaults } from '#shared/query/exportDefaults.ts';
import type { Column } from '#shared/query/result.ts';
import { CsvEncoder } from './csv.ts';
import type { Encoder, Layout } from './encoder.ts';
import { JsonEncoder } from './json.ts';
import { MarkdownEncoder } from './markdown.ts';
import { SqlEncoder } from './sql.ts';
import type { TargetFile } from './targetFile.ts';

/** Where rows of one result go. */
export interface RowFile {
  /** Whole DataRow messages, back to back, which may be used again afterwards. A promise asks to wait. */
  rows(bytes: Buffer): Promise<void> | undefined;
  /** All rows are there: writes what comes behind them. The file is still to be committed. */
  finish(): Promise<void>;
  readonly warnings: readonly string[];
}

export function layoutOf(
  columns: readonly Column[],
  { columns: chosen, options }: { columns?: readonly number[] | undefined; options?: SaveTo['options'] },
): Layout {
  return {
    columns,
    chosen: chosen ?? columns.map((_, index) => index),
    options: options ?? exportDefaults,
  };
}

export type OpenRowFile = (layout: Layout, file: TargetFile) => RowFile;

/** What opens files of a format. The library for workbooks is loaded for those alone who want one. */
export async function rowFileOpener(format: SaveTo['format']): Promise<OpenRowFile> {
  if (format !== 'xlsx') return (layout, file) => new EncodedFile(createEncoder(format, layout), file);
  const { Workbook } = await import('./workbook.ts');
  return (layout, file) => new Workbook(layout, file);
}

export function createEncoder(format: Exclude<SaveTo['format'], 'xlsx'>, layout: Layout): Encoder {
  switch (format) {
    case 'csv':
      return new CsvEncoder(layout, ',');
    case 'tsv':
      return new CsvEncoder(layout, '\t');
    case 'json':
      return new JsonEncoder(layout, { lines: false });
    case 'ndjson':
      return new JsonEncoder(layout, { lines: true });
    case 'sql':
      return new SqlEncoder(layout);
    case 'markdown':
      return new MarkdownEncoder(layout);
  }
}

class EncodedFile implements RowFile {
  readonly warnings: readonly string[] = [];
  readonly #encoder: Encoder;
  readonly #file: TargetFile;

  constructor(encoder: Encoder, file: TargetFile) {
    this.#encoder = encoder;
    this.#file = file;
    void file.write(encoder.begin());
  }

  rows(bytes: Buffer): Promise<void> | undefined {
    return this.#file.write(this.#encoder.rows(bytes));
  }

  finish(): Promise<void> {
    return Promise.resolve(this.#file.write(this.#encoder.end()));
  }
}
