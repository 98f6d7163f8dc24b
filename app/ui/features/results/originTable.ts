import type { Description } from '#shared/catalog/description.ts';
import { quoted } from '#shared/sql/identifiers.ts';
import type { CopyTarget } from '../../components/grid/copyFormats.ts';
import { rangesOf, selectedLines, type GridSelection } from '../../components/grid/selection.ts';
import type { GridSource } from '../../components/grid/source.ts';

/** What the catalog says of a table; undefined where it cannot be had. */
export type DescribeTable = (oid: number) => Promise<Pick<Description, 'object' | 'columns'> | undefined>;

/**
 * The table that all selected columns come from, with the names that they have there; undefined where they come from
 * several or from none, or it is not known.
 */
export async function originTable(
  source: GridSource,
  selection: GridSelection,
  describe: DescribeTable,
): Promise<CopyTarget | undefined> {
  const size = { rows: source.rowCount, columns: source.columns.length };
  const { columns: lines } = selectedLines(rangesOf(selection), size);
  const columns = lines.flatMap(({ first, last }) => source.columns.slice(first, last + 1));
  const [oid, ...others] = new Set(columns.map(({ origin }) => origin?.tableOid));
  if (oid === undefined || others.length > 0) return undefined;
  const found = await describe(oid).catch(() => undefined);
  if (!found) return undefined;
  const names = columns.map(
    ({ name, origin }) => found.columns.find(({ number }) => number === origin?.columnNumber)?.name ?? name,
  );
  return { table: `${quoted(found.object.schema)}.${quoted(found.object.name)}`, names };
}
