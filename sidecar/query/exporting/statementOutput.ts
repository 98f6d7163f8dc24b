import { AppError, fromEnvelope, toEnvelope } from '#shared/error/appError.ts';
import type { SaveTo } from '#shared/query/exporting.ts';
import type { CopyPlan } from '../copy/copyPlan.ts';
import type { StatementRange } from '../statements.ts';
import { FileOutput } from './fileOutput.ts';

/** Why the rows of a text cannot go into a file; undefined where they can. */
export function notOneResult(ranges: readonly StatementRange[]): AppError | undefined {
  const [only] = ranges;
  if (ranges.length === 1 && (only?.kind === 'other' || only?.kind === 'metaCommand')) return undefined;
  return new AppError(
    'QUERY_FAILED',
    'A file takes the rows of one statement, and this text is something else.',
    {
      hint: 'Choose one statement that gives rows. Nothing was run.',
      outcome: 'none',
    },
  );
}

/** The file that a statement's answer goes to, where it goes to one. Rejects with FILE_NOT_WRITABLE. */
export async function openOutput(
  { copy, saveTo }: { copy: CopyPlan | undefined; saveTo: SaveTo | undefined },
  dataFolder: string,
): Promise<FileOutput | undefined> {
  if (copy?.kind === 'file') return FileOutput.forCopy(copy.path, dataFolder);
  return saveTo && FileOutput.forRows(saveTo, dataFolder);
}

/** The statement is over, well or not. Gives why there is no file although it ended well. */
export async function settleOutput(
  output: FileOutput | undefined,
  failed: boolean,
): Promise<AppError | undefined> {
  if (!output || output.problem || failed) return output?.problem;
  return output.commit().then(
    () => undefined,
    (error: unknown) => (error instanceof AppError ? error : fromEnvelope(toEnvelope(error))),
  );
}
