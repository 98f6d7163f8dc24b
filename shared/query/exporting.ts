import * as z from 'zod';
import { identifier, method } from '../contract/define.ts';
import { exportDefaults } from './exportDefaults.ts';

export const exportFormats = ['csv', 'tsv', 'json', 'ndjson', 'sql', 'markdown', 'xlsx'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** An absolute path that the user chose. */
export const filePath = z.string().min(1).max(4096);

/** What a format does not know of it leaves alone. */
export const exportOptionsSchema = z.strictObject({
  /** Column names in the first line. */
  header: z.boolean().default(exportDefaults.header),
  /** Between values: one character. Default: a comma, in TSV a tab. */
  delimiter: z
    .string()
    .regex(/^[^"\r\n\0]$/)
    .optional(),
  /** What stands for NULL in CSV and TSV; an empty string is written as `""` beside it. */
  nullText: z
    .string()
    .max(100)
    .regex(/^[^"\r\n\0]*$/)
    .default(exportDefaults.nullText),
  lineEnd: z.enum(['\n', '\r\n']).default(exportDefaults.lineEnd),
  /** Sets an apostrophe before text that a spreadsheet would take for a formula, in CSV and TSV. */
  formulaGuard: z.boolean().default(exportDefaults.formulaGuard),
  /** The table that SQL inserts name; its parts are quoted where they need it. */
  table: z.strictObject({ schema: z.string().optional(), name: z.string() }).optional(),
});
export type ExportOptions = z.infer<typeof exportOptionsSchema>;

const options = exportOptionsSchema.optional();

/** Rows of a result, in the order in which they are written; `to` is exclusive. */
const rowRanges = z.array(z.strictObject({ from: z.int().nonnegative(), to: z.int() })).max(10_000);

const ofResult = {
  resultId: identifier,
  /** Rows are counted in this order and choice of them. */
  arrangementId: identifier.optional(),
  format: z.enum(exportFormats),
  options,
  /** Which columns, in this order; default: all. */
  columns: z.array(z.int().nonnegative()).min(1).max(2_000).optional(),
  /** Which rows; default: all. */
  rows: rowRanges.optional(),
};

/** Rows of a statement that go to a file as they come, without being kept for the screen. */
export const saveToSchema = z.strictObject({ path: filePath, format: z.enum(exportFormats), options });
export type SaveTo = z.infer<typeof saveToSchema>;

const written = {
  rows: z.int(),
  bytes: z.int(),
  /** What could not be written as it is, in plain words. */
  warnings: z.array(z.string()),
};

export const exportMethods = {
  /**
   * Writes a result to a file; the file that was there stays until the new one is whole. Answers when that is done; a
   * `$/cancelRequest` stops it. Rows that are still coming are waited for. FILE_NOT_WRITABLE, RESULT_CLOSED.
   */
  'query.export': method(
    z.strictObject({ ...ofResult, path: filePath, exportId: identifier.optional() }),
    z.strictObject(written),
  ),
  /** Writes one value: a bytea's own bytes, all else as the server's text. FILE_NOT_WRITABLE, NOT_FOUND, RESULT_CLOSED. */
  'query.saveValue': method(
    z.strictObject({
      resultId: identifier,
      arrangementId: identifier.optional(),
      row: z.int().nonnegative(),
      column: z.int().nonnegative(),
      path: filePath,
    }),
    z.strictObject({ bytes: z.int() }),
  ),
  /** The first lines of what would be written, as it would be written; a workbook as CSV. */
  'query.exportPreview': method(
    z.strictObject({ ...ofResult, limit: z.int().positive().max(50) }),
    z.strictObject({ text: z.string() }),
  ),
};

export const exportNotifications = {
  /** At most 10 a second. */
  'export.progress': z.strictObject({
    exportId: identifier,
    rows: z.int(),
    bytes: z.int(),
    totalRows: z.int(),
  }),
};
