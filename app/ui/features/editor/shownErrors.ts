import type { StatementRef } from '#shared/query/result.ts';
import { errorTitle } from '../../errors/titles.ts';
import { messageWords } from '../../errors/unknownWords.ts';
import type { Run } from '../../stores/runsRun.svelte.ts';
import type { ShownError } from './runField.ts';

/** Of a script that fails everywhere the rest stands in the messages only: the text stays a text. */
const maxShown = 100;

/**
 * What belongs under the statements of a run, whose text begins at `base`: the error that it ended with, and those after
 * which it went on.
 */
export function shownErrors(
  { error, failedStatement, notices }: Pick<Run, 'error' | 'failedStatement' | 'notices'>,
  base: number,
): ShownError[] {
  const shown = (
    statement: StatementRef,
    title: string,
    { message, hint, position }: { message: string; hint?: string; position?: number },
  ): ShownError => ({
    title,
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(position === undefined ? {} : { position: base + position }),
    statement: { from: base + statement.from, to: base + statement.to },
  });
  const others = notices.flatMap((notice) =>
    notice.severity === 'ERROR' && notice.statement
      ? [shown(notice.statement, errorTitle({ code: 'QUERY_FAILED' }), notice)]
      : [],
  );
  const own =
    error && failedStatement && error.code !== 'CANCELLED'
      ? [shown(failedStatement, errorTitle(error), { ...error, message: messageWords(error) })]
      : [];
  return [...own, ...others]
    .sort((one, other) => one.statement.from - other.statement.from)
    .slice(0, maxShown);
}
