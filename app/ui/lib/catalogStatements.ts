import type { CatalogColumn } from '#shared/catalog/description.ts';
import { quoted } from '#shared/sql/identifiers.ts';

interface Named {
  readonly schema: string;
  readonly name: string;
}

/** As many rows as are enough to see what is in a table. */
const previewRows = 200;

const full = ({ schema, name }: Named): string => `${quoted(schema)}.${quoted(name)}`;

export const previewText = (table: Named): string => `select * from ${full(table)} limit ${previewRows};\n`;

export const countText = (table: Named): string => `select count(*) from ${full(table)};\n`;

/** The columns a name each, so that one can be taken out; without known columns all of them. */
export function selectText(table: Named, columns: readonly CatalogColumn[]): string {
  const names = columns.map(({ name }) => quoted(name));
  return `select ${names.length === 0 ? '*' : list(names)}\nfrom ${full(table)}\nlimit ${previewRows};\n`;
}

/** What the server fills in by itself is left out. */
export function insertText(table: Named, columns: readonly CatalogColumn[]): string {
  const given = columns.filter(({ generated, identity }) => generated === undefined && identity !== 'always');
  if (given.length === 0) return `insert into ${full(table)} default values;\n`;
  const values = given.map(({ name, type, default: value }) =>
    value === undefined ? `null /* ${name} ${plainComment(type)} */` : `default /* ${name} */`,
  );
  return `insert into ${full(table)} (${list(given.map(({ name }) => quoted(name)))})\nvalues (${list(values)});\n`;
}

/** The key says which row; without one there is a WHERE that takes none. */
export function updateText(table: Named, columns: readonly CatalogColumn[]): string {
  const isKey = ({ isPrimaryKey }: CatalogColumn) => isPrimaryKey;
  const set = columns.filter((column) => !isKey(column) && column.generated === undefined);
  const keys = columns.filter(isKey);
  const lines = (set.length === 0 ? keys : set).map(({ name }) => `${quoted(name)} = ${quoted(name)}`);
  const where = keys.map(({ name }) => `${quoted(name)} = null`).join(' and ');
  return `update ${full(table)}\nset ${lines.join(',\n    ')}\nwhere ${where === '' ? 'false' : where};\n`;
}

const list = (names: readonly string[]): string =>
  names.join(', ').length <= 80 ? names.join(', ') : `\n  ${names.join(',\n  ')}\n`;

const plainComment = (type: string): string => type.replaceAll('*/', '');
