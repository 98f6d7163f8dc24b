import { AppError } from '#shared/error/appError.ts';

/** Which of the guards refused: the allow-list of statements, the deny-list of functions, the parser, or the strict look into the catalog. */
export type ViolationReason = 'statementKind' | 'function' | 'unparsable' | 'strict';

const openWritable = { id: 'openWritable', label: 'Allow writing' };

/** A refusal of the guard: nothing of the statement was sent. `message` says why, `hint` what to do. */
export const violation = (
  reason: ViolationReason,
  message: string,
  { hint, position }: { hint: string; position?: number | undefined },
): AppError =>
  new AppError('READ_ONLY_VIOLATION', message, {
    reason,
    hint,
    outcome: 'none',
    actions: [openWritable],
    ...(position === undefined ? {} : { position }),
  });

/** The usual way out of a refusal. */
export const allowWriting = 'Allow writing for this connection if you want to run it.';
