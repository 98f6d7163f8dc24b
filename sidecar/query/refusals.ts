import { AppError } from '#shared/error/appError.ts';
import { metaCommand } from '#shared/sql/metaCommands.ts';
import type { StatementKind } from '#shared/sql/statementCutter.ts';

/** Why a statement is not sent at all; undefined where it may be. */
export function refusal(text: string, kind: StatementKind): AppError | undefined {
  if (kind === 'metaCommand') return asMetaCommand(text);
  const nul = text.indexOf('\0');
  if (nul < 0) return undefined;
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
