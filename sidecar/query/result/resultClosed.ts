import { AppError } from '#shared/error/appError.ts';

export const resultClosed = (): AppError =>
  new AppError('RESULT_CLOSED', 'This result is no longer there.', {
    hint: 'Run the statement again to see its rows.',
    actions: [{ id: 'runAgain', label: 'Run again' }],
  });
