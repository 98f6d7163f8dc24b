import type { Row } from '../reader.ts';

/** The cells of a row by their place: texts, numbers and yes or no, each also as what may be absent. */
export const text = (row: Row, at: number): string => row[at] ?? '';
export const int = (row: Row, at: number): number => Number(row[at]);
export const yes = (row: Row, at: number): boolean => row[at] === 't';

/** `{ key: value }`, or nothing to spread where the cell is NULL. */
export function optional<K extends string>(key: K, row: Row, at: number): { [P in K]?: string } {
  const value = row[at] ?? undefined;
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: string });
}

export function optionalInt<K extends string>(key: K, row: Row, at: number): { [P in K]?: number } {
  const value = row[at] ?? undefined;
  return value === undefined ? {} : ({ [key]: Number(value) } as { [P in K]?: number });
}
