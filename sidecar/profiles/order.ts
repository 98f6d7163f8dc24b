interface Ordered {
  sortOrder: number;
}

/** By `sortOrder`; what has the same stays as it stood. */
export const inOrder = <Row extends Ordered>(rows: readonly Row[]): Row[] =>
  [...rows].sort((one, other) => one.sortOrder - other.sortOrder);

/**
 * The rows with further ones at `index` (or at the end, where that is nearer), numbered 0, 1, 2 without gaps. Rows whose
 * number stays are the same objects.
 */
export function atIndex<Row extends Ordered>(
  rows: readonly Row[],
  inserted: readonly Row[],
  index: number,
): Row[] {
  return inOrder(rows)
    .toSpliced(index, 0, ...inserted)
    .map((each, sortOrder) => (each.sortOrder === sortOrder ? each : { ...each, sortOrder }));
}

export const lastPlace = (rows: readonly Ordered[]): number =>
  rows.reduce((last, { sortOrder }) => Math.max(last, sortOrder + 1), 0);
