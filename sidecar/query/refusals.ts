import { AppError } from '#shared/error/appError.ts';
import { metaCommand } from '#shared/sql/metaCommands.ts';
import type { StatementKind } from '#shared/sql/statementCutter.ts';

/** Why a statement is not sent at all; undefined where it may be. */
export function refusal(text: string, kind: StatementKind): AppError | undefined {
  if (kind === 'metaCommand') return asMetaCommand(text);
  if (kind === 'copyFromStdin')
    return new AppError(
      'COPY_NEEDS_FILE',
      'COPY FROM STDIN reads its rows from a file, and none was chosen.',
      {
        reason: 'fromStdin',
        hint: 'Use INSERT, or COPY from a file on the server. This statement was not sent.',
        outcome: 'none',
      },
    );
  if (kind === 'copyToStdout')
    return new AppError('COPY_NEEDS_FILE', 'COPY TO STDOUT writes its rows to a file, and none was chosen.', {
      reason: 'toStdout',
      hint: 'Run the query itself to see its rows here, or COPY to a file on the server. This statement was not sent.',
      outcome: 'none',
    });
  const nul = text.indexOf('\0');
  if (nul >= 0)
    // The protocol ends a statement at the first such character: the server would run the half before it.
    return new AppError(
      'QUERY_FAILED',
      'The statement contains a NUL character, which PostgreSQL cannot take.',
      {
        hint: 'Delete the invisible character at this place. This statement was not sent.',
        position: nul,
        outcome: 'none',
      },
    );
  return undefined;
}

function asMetaCommand(text: string): AppError {
  const { name = 'This', sql, hint } = metaCommand(text) ?? {};
  return new AppError('QUERY_FAILED', `${name} is a command of psql, which the server does not know.`, {
    reason: 'metaCommand',
    hint: hint ?? (sql ? 'A query shows the same.' : 'Only SQL can be run here.'),
    ...(sql ? { actions: [{ id: 'runAsSql', label: 'Run as SQL' }] } : {}),
    outcome: 'none',
  });
}
