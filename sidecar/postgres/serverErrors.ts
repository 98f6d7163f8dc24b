import { AppError, type ErrorFacts } from '#shared/error/appError.ts';
import { tlsActions } from '#shared/connection/tlsActions.ts';
import type { ErrorCode } from '#shared/error/codes.ts';

/** The fields of an ErrorResponse, as pg gives them. */
export interface ServerErrorFields {
  message: string;
  code?: string | undefined;
  severity?: string | undefined;
  detail?: string | undefined;
  hint?: string | undefined;
  position?: string | undefined;
  where?: string | undefined;
  routine?: string | undefined;
  constraint?: string | undefined;
}

type Meaning = (error: ServerErrorFields) => {
  code: ErrorCode;
  message: string;
  actions?: [string, string][];
  reason?: string;
  hint?: string;
};

const said =
  (code: ErrorCode, message: string, ...actions: [string, string][]): Meaning =>
  () => ({ code, message, actions });

/** The server's own words are the message; the code says what can be done. */
const quoted =
  (code: ErrorCode, ...actions: [string, string][]): Meaning =>
  ({ message }) => ({ code, message: sentence(message), actions });

const bySqlstate: Record<string, Meaning> = {
  '28P01': () => ({
    code: 'AUTH_FAILED',
    message: 'The server refused this user name and password.',
    actions: [['enterPassword', 'Enter password']],
    hint: 'Check both. A refused password is not tried again by itself, so that the account is not locked.',
  }),
  '28000': rejectedLogin,
  '3D000': quoted('DATABASE_NOT_FOUND', ['chooseDatabase', 'Choose database']),
  '42501': permissionDenied,
  '55000': notInState,
  '53300': said('TOO_MANY_CONNECTIONS', 'The server has no free connection slot.', ['retry', 'Try again']),
  '57P03': said('SERVER_STARTING', 'The server is starting up or shutting down.', ['retry', 'Try again']),
  // A crash comes with the same code; which of them it was is told by the server's own words, which are the detail.
  '57P01': () => ({
    code: 'SERVER_TERMINATED',
    message: 'The server ended this session.',
    hint: 'It may be restarting, it may have crashed, or somebody ended the session; its log says more.',
  }),
  '57P02': said('SERVER_TERMINATED', 'The server ended this session after a crash of one of its processes.'),
  '57P05': said('SERVER_IDLE_TIMEOUT', 'The server closed this session because it was idle for too long.'),
  '25P03': said(
    'SERVER_IDLE_TIMEOUT',
    'The server closed this session because its transaction was idle for too long; the transaction was rolled back.',
  ),
  '57P04': said('DATABASE_DROPPED', 'The database was dropped.', ['chooseDatabase', 'Choose database']),
  '08004': quoted('PROTOCOL_ERROR'),
  '08P01': quoted('PROTOCOL_ERROR'),
  '25006': quoted('READ_ONLY_VIOLATION'),
  '25001': quoted('TRANSACTION_STATE', ['rollback', 'Roll back']),
  '25P01': quoted('TRANSACTION_STATE'),
  '25P02': said(
    'TRANSACTION_STATE',
    'This transaction has failed: nothing more runs in it until it is rolled back.',
    ['rollback', 'Roll back'],
  ),
  '57014': (error) => stopped(error),
  '55P03': quoted('LOCK_NOT_AVAILABLE', ['runAgain', 'Run again']),
  '40001': quoted('SERIALIZATION_FAILURE', ['runAgain', 'Run again']),
  '40P01': quoted('DEADLOCK', ['runAgain', 'Run again']),
};

/** An ErrorResponse as an error of the catalogue. Anything unknown is QUERY_FAILED with the server's own words. */
export function fromServer(error: ServerErrorFields, more: ErrorFacts = {}): AppError {
  const sqlstate = error.code ?? 'XX000';
  const linkLost: Meaning | undefined = sqlstate.startsWith('08') ? quoted('CONNECTION_LOST') : undefined;
  const meaning = bySqlstate[sqlstate] ?? linkLost ?? quoted('QUERY_FAILED');
  const { code, message, actions = [], reason, hint } = meaning(error);
  return new AppError(code, message, {
    sqlstate,
    detail: serverDetail(error, message),
    hint: error.hint ?? hint,
    actions: actions.map(([id, label]) => ({ id, label })),
    ...(reason === undefined ? {} : { reason }),
    ...(code === 'PROTOCOL_ERROR' ? { retry: 'never' as const } : {}),
    ...more,
  });
}

/** The reason of a refusal by pg_hba.conf: no line fits, or one rejects. */
const byHostRules = 'hostRules';

/**
 * The server took a plain connection only to refuse it by its rules, which may ask for TLS. Its text says so in its own
 * language; that the link was plain, and could be another, is known here. It says nothing sure about the role.
 */
export const mayNeedTls = (error: AppError): AppError =>
  error.facts.reason === byHostRules
    ? new AppError('AUTH_NEEDS_TLS', 'The server has no rule for an unencrypted connection from here.', {
        ...error.facts,
        hint: 'It may have one with TLS on. If not, it does not accept this user and database from this address.',
        actions: [tlsActions.enableTls],
      })
    : error;

/** The reason of a permission that is missing to open the database itself. */
export const byDatabase = 'database';

function permissionDenied({ message, routine }: ServerErrorFields): ReturnType<Meaning> {
  return {
    code: 'PERMISSION_DENIED',
    message: sentence(message),
    actions: [['copyGrant', 'Copy details']],
    ...(routine === 'CheckMyDatabase' ? { reason: byDatabase } : {}),
  };
}

/** Of a login: the database takes no connections. */
function notInState({ message, routine }: ServerErrorFields): ReturnType<Meaning> {
  if (routine !== 'CheckMyDatabase') return { code: 'QUERY_FAILED', message: sentence(message) };
  const actions: [string, string][] = [['chooseDatabase', 'Choose database']];
  return { code: 'PERMISSION_DENIED', message: sentence(message), actions, reason: byDatabase };
}

function rejectedLogin({ message, routine }: ServerErrorFields): ReturnType<Meaning> {
  // The proof of the password holds the certificate that was shown here, and the server has shown another one.
  if (routine === 'read_client_final_message')
    return {
      code: 'TLS_CERT_INVALID',
      message: 'The certificate that was shown here is none of the server that was reached.',
      reason: 'channel_binding',
      hint: 'Something stands in between and opens the encryption: a proxy of your company, or somebody who should not be there. The password was not given away.',
    };
  if (/certificate/i.test(message))
    return { code: 'TLS_CLIENT_CERT_REQUIRED', message: 'The server wants a client certificate.' };
  return {
    code: 'AUTH_REJECTED',
    message: 'The server does not accept this user and database from this address.',
    actions: [['copyDetails', 'Copy the line for the administrator']],
    ...(routine === 'ClientAuthentication' ? { reason: byHostRules } : {}),
  };
}

function stopped({ message }: ServerErrorFields): ReturnType<Meaning> {
  if (/statement timeout/i.test(message))
    return {
      code: 'STATEMENT_TIMEOUT',
      message: 'Stopped: the statement ran for longer than its time limit.',
      actions: [['raiseLimit', 'Run with a higher limit']],
    };
  if (/recovery/i.test(message))
    return {
      code: 'STANDBY_CONFLICT',
      message: 'Stopped: the statement was in the way of the standby catching up.',
    };
  return { code: 'CANCELLED', message: 'The statement was cancelled.' };
}

/** What the server said beyond the message, in the order in which psql prints it. */
function serverDetail(error: ServerErrorFields, message: string): string | undefined {
  const lines = [
    message === sentence(error.message) ? undefined : error.message,
    error.detail,
    error.where === undefined ? undefined : `Context: ${error.where}`,
  ];
  return lines.flatMap((line) => (line === undefined ? [] : [clipped(line)])).join('\n') || undefined;
}

/** A server may quote a value of megabytes in its error; what is shown and sent ends here. */
const maxTextLength = 10_000;

export const clipped = (text: string): string =>
  text.length > maxTextLength ? `${text.slice(0, maxTextLength)} …` : text;

function sentence(whole: string): string {
  const text = clipped(whole);
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.?!:]$/.test(first) ? first : `${first}.`;
}
