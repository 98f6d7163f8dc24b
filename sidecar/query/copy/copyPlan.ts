import { AppError } from '#shared/error/appError.ts';
import type { RunParams } from '../run.ts';
import { sqlOf, type StatementRange } from '../statements.ts';
import { copyShape, type CopyShape } from './copyShape.ts';
import { CopySource } from './copySource.ts';

/** What a COPY through the client is given, or where its lines go. */
export type CopyPlan =
  { kind: 'in'; source: CopySource } | { kind: 'show'; shape: CopyShape } | { kind: 'file'; path: string };

/** A statement of a text that cannot be run as things are, so nothing of the text is. */
export interface Refused {
  index: number;
  error: AppError;
}

type Files = Pick<RunParams, 'copyFrom' | 'copyTo'>;

/**
 * Looks at every COPY of a text before the first statement is sent: a script that stopped in its middle, to ask for a
 * file, would leave half of its work done.
 */
export async function planCopies(
  text: string,
  ranges: readonly StatementRange[],
  { copyFrom = [], copyTo }: Files,
): Promise<Map<number, CopyPlan> | Refused> {
  const plans = new Map<number, CopyPlan>();
  const sources = [copyFrom].flat();
  let target = copyTo;
  for (const [index, range] of ranges.entries()) {
    try {
      if (range.kind === 'copyFromStdin') plans.set(index, await planIn(text, range, sources));
      if (range.kind !== 'copyToStdout') continue;
      plans.set(index, await planOut(sqlOf(text, range), target));
      target = undefined;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { index, error: error.with({ outcome: 'none', detail: needed(error, ranges) }) };
    }
  }
  return plans;
}

/** Takes the next file, where the text itself does not bring the data. */
async function planIn(text: string, { data }: StatementRange, sources: string[]): Promise<CopyPlan> {
  if (data) return { kind: 'in', source: CopySource.ofText(text.slice(data.from, data.to)) };
  const path = sources.shift();
  if (path === undefined) throw copyNeedsSource();
  return { kind: 'in', source: await CopySource.ofFile(path) };
}

async function planOut(sql: string, path: string | undefined): Promise<CopyPlan> {
  if (path !== undefined) return { kind: 'file', path };
  const shape = await copyShape(sql);
  if (shape.format === 'binary') throw binaryNeedsTarget();
  return { kind: 'show', shape };
}

const chooseFile = { id: 'chooseFile', label: 'Choose a file…' };

const copyNeedsSource = (): AppError =>
  new AppError('COPY_NEEDS_FILE', 'COPY FROM STDIN reads its rows from a file, and none was chosen.', {
    reason: 'fromStdin',
    hint: 'Choose the file, or put the lines below the statement and end them with a line that is \\. alone. Nothing was run.',
    actions: [chooseFile],
  });

const binaryNeedsTarget = (): AppError =>
  new AppError('COPY_NEEDS_FILE', 'COPY in binary format can only be saved to a file, and none was chosen.', {
    reason: 'toStdout',
    hint: 'Choose where to save it, or leave FORMAT binary out to see the rows here. Nothing was run.',
    actions: [chooseFile],
  });

/** All statements of the text that want a file, so that all can be asked for at once. */
function needed({ code, facts }: AppError, ranges: readonly StatementRange[]): AppError['facts']['detail'] {
  if (code !== 'COPY_NEEDS_FILE' || facts.reason !== 'fromStdin') return facts.detail;
  const wanting = ranges.filter(({ kind, data }) => kind === 'copyFromStdin' && !data);
  return { statements: wanting.map(({ from, to }) => ({ from, to })) };
}
