import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** One thing measured, and what it is held against in the same run. */
export interface Comparison {
  what: string;
  ours: () => Promise<number>;
  /** The peer's name, and the same work done by it. */
  peer: string;
  theirs: () => Promise<number>;
  rounds: number;
  unit?: 'ms' | 'MB';
}

export interface Figure {
  what: string;
  ours: number[];
  peer: string;
  theirs: number[];
  unit: string;
}

/** Runs both in turn, so that a busy machine is busy for both. The first round of each warms up and is not counted. */
export async function compare({
  what,
  ours,
  peer,
  theirs,
  rounds,
  unit = 'ms',
}: Comparison): Promise<Figure> {
  await ours();
  await theirs();
  const figure: Figure = { what, ours: [], peer, theirs: [], unit };
  for (let round = 0; round < rounds; round += 1) {
    figure.ours.push(await ours());
    figure.theirs.push(await theirs());
  }
  return figure;
}

export const median = (values: number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[middle - 1] ?? 0, sorted[middle] ?? 0];
  return sorted.length % 2 === 0 ? (low + high) / 2 : high;
};

/** How long `work` takes, in milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

/** Runs a program to its end; rejects when it fails, with what it said. */
export async function runProgram(
  file: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<void> {
  const child = spawn(file, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${file} ended with ${code}: ${said}`);
}

/** A line a figure: medians, their range, and the ratio. */
export function report(figures: Figure[]): string {
  const cell = (values: number[], unit: string): string => {
    const range = `${round(Math.min(...values))}..${round(Math.max(...values))}`;
    return `${round(median(values))} ${unit} (${range})`;
  };
  const rows = figures.map(({ what, ours, peer, theirs, unit }) => [
    what,
    cell(ours, unit),
    peer,
    cell(theirs, unit),
    (median(ours) / median(theirs)).toFixed(2),
  ]);
  const table = [['what', 'hawser', 'beside', 'its figure', 'ratio'], ...rows];
  const widths =
    table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  return table
    .map((row) => row.map((text, column) => text.padEnd(widths[column] ?? 0)).join('  '))
    .join('\n');
}

const round = (value: number): string => (value < 10 ? value.toFixed(2) : value.toFixed(0));
