/** One promise and what became of it. */
export interface Figure {
  what: string;
  promised: string;
  measured: string;
  ok: boolean;
  /** What went wrong, and where: enough to find it again. */
  notes?: string[];
}

/** What every part is given. */
export interface Chaos {
  seed: number;
  /** The program under test: the built one, or the source where it is left out. */
  entry?: string;
  /** This many of a full number of rounds. */
  rounds: (full: number) => number;
  say: (line: string) => void;
  /** Within this an acknowledged edit has to be on the disk: half a second, and more where the machine does other things. */
  savedWithinMs: number;
}

export interface ChaosPart {
  name: string;
  run: (chaos: Chaos) => Promise<Figure[]>;
  /** Takes long and little: runs beside the others. */
  beside?: boolean;
}

/** The value that so large a share of all values does not pass. */
export function percentile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Infinity;
}

export const inSeconds = (ms: number): string =>
  Number.isFinite(ms) ? `${(ms / 1_000).toFixed(2)} s` : 'never';

/** The slowest of some times against a limit. */
export function slowest(what: string, times: number[], limitMs: number): Figure {
  const max = Math.max(...times, times.length === 0 ? Infinity : 0);
  return {
    what,
    promised: `within ${limitMs / 1_000} s`,
    measured: `${inSeconds(percentile(times, 0.5))} p50, ${inSeconds(max)} at most, ${times.length} times`,
    ok: max <= limitMs,
  };
}

/** Something that must not happen: each time that it did is a note. */
export const none = (what: string, notes: string[], of: string): Figure => ({
  what,
  promised: '0',
  measured: `${notes.length} in ${of}`,
  ok: notes.length === 0,
  notes,
});

/** All figures as one table of plain text, with the notes of those that were missed below it. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map(({ what, promised, measured, ok }) => [
    what,
    promised,
    measured,
    ok ? 'ok' : 'MISSED',
  ]);
  const all = [['what', 'promised', 'measured', 'ok'], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join(' | ')
      .trimEnd();
  const [head = '', ...body] = all.map(line);
  const notes = figures.flatMap(({ what, notes = [] }) => notes.map((note) => `${what}: ${note}`));
  const rule = widths.map((width) => '-'.repeat(width)).join('-|-');
  return [head, rule, ...body, ...(notes.length > 0 ? ['', ...notes] : [])].join('\n');
}
