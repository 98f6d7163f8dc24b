import { inTurn, median, percentile } from './measure.ts';
import type { World } from './world.ts';

/** One line of a table: what was measured, what it is held against, and whether it is kept. */
export interface Figure {
  what: string;
  /** What is held against the limit: a ratio where it has no unit. */
  value: number;
  unit: '' | 'ms' | 'MB' | 'of 10,000' | 'rows';
  /** At most this, unless `atLeast`; a figure without a limit is told for comparison alone. */
  limit?: number;
  atLeast?: boolean;
  /** How it came about, in words: medians, ranges, counts. */
  how: string;
}

/** A table of figures that belong together; `name` is what `--only` knows it by. */
export interface FigureTable {
  name: string;
  title: string;
  measure: (world: World) => Promise<Figure[]>;
}

interface Beside {
  what: string;
  ours: () => Promise<number>;
  /** The peer's name, and the same work done by it. */
  peer: string;
  theirs: () => Promise<number>;
  rounds: number;
  limit?: number;
}

/** The ratio of two medians, ours and a peer's, both in milliseconds. */
export async function beside({ what, peer, rounds, limit, ...work }: Beside): Promise<Figure> {
  const { ours, theirs } = await inTurn(rounds, work.ours, work.theirs);
  return {
    what,
    value: median(ours) / median(theirs),
    unit: '',
    ...(limit === undefined ? {} : { limit }),
    how: `${inMs(ours)} beside ${peer} ${inMs(theirs)}`,
  };
}

/** A percentile of single times in milliseconds. */
export function tail(what: string, times: readonly number[], share: number, limit: number): Figure {
  return {
    what: `${what}, p${Math.round(share * 100)}`,
    value: percentile(times, share),
    unit: 'ms',
    limit,
    how: `p50 ${short(median(times))} ms, longest ${short(Math.max(...times))} ms, ${times.length} times`,
  };
}

export const isHeld = ({ value, limit, atLeast = false }: Figure): boolean | undefined =>
  limit === undefined ? undefined : atLeast ? value >= limit : value <= limit;

/** A line a figure, under the title of its table. */
export function print(title: string, figures: readonly Figure[]): string {
  const verdicts = { true: 'held', false: 'NOT HELD', undefined: '' };
  const rows = figures.map((figure) => [
    figure.what,
    `${short(figure.value)} ${figure.unit}`.trim(),
    figure.limit === undefined
      ? ''
      : `${figure.atLeast ? 'at least' : 'at most'} ${figure.limit} ${figure.unit}`.trim(),
    verdicts[`${isHeld(figure)}`],
    figure.how,
  ]);
  const table = [['what', 'figure', 'limit', '', 'how'], ...rows];
  const widths = ['', '', '', ''].map((_, column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  );
  const lines = table.map((row) => row.map((text, column) => text.padEnd(widths[column] ?? 0)).join('  '));
  return [`# ${title}`, ...lines.map((line) => line.trimEnd()), ''].join('\n');
}

const inMs = (values: readonly number[]): string =>
  `${short(median(values))} ms (${short(Math.min(...values))}..${short(Math.max(...values))})`;

/** Three digits, which is more than any of these measurements is good for. */
const short = (value: number): string =>
  Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
