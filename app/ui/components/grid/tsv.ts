/** A value for a spreadsheet: quoted where its own tabs, breaks or quotes would change the table. NULL is nothing. */
export function tsvField(value: string | null): string {
  if (value === null) return '';
  return /[\t\n\r]|^"/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

export const tsvLine = (values: readonly (string | null)[]): string => values.map(tsvField).join('\t');

/** Lines without a break after the last, so that pasting leaves no empty row behind. */
export function toTsv(rows: readonly (readonly (string | null)[])[], header?: readonly string[]): string {
  const [only] = rows;
  // One cell alone is pasted into texts and queries: as it is, without a spreadsheet's quotes.
  if (!header && rows.length === 1 && only?.length === 1) return only[0] ?? '';
  return [...(header ? [header] : []), ...rows].map(tsvLine).join('\n');
}
