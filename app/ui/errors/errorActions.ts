import type { ErrorCode } from '#shared/error/codes.ts';
import type { ErrorEnvelope } from '#shared/error/envelope.ts';
import type { App } from '../stores/context.ts';
import { errorReport } from './report.ts';

/** A button beside an error. */
export interface ErrorAction {
  id: string;
  label: string;
  run: () => void;
}

/** Codes whose own list of actions is empty and for which retry and edit are not what helps. */
const byCode: Partial<Record<ErrorCode, readonly string[]>> = {
  EMBEDDED_UNAVAILABLE: ['retry'],
  EMBEDDED_FAILED: ['retry', 'resetSample'],
  NOT_CONNECTED: ['connect'],
  INTERNAL: ['retry', 'copyReport'],
};

/** What helps beside the actions that the error names. */
const more: Partial<Record<ErrorCode, readonly string[]>> = {
  TOO_MANY_CONNECTIONS: ['closeIdle'],
};

/** The buttons of a failed connection: what the error itself names and this page can do, else what its code suggests. */
export function connectionErrorActions(app: App, connectionId: string, error: ErrorEnvelope): ErrorAction[] {
  const handlers = connectionHandlers(app, connectionId, error);
  const named = error.actions.map(({ id }) => id).filter((id) => handlers.has(id));
  const wanted = named.length > 0 ? named : (byCode[error.code] ?? ['retry', 'edit']);
  const known = new Set([...wanted, ...(more[error.code] ?? [])]);
  return [...known].flatMap((id) => {
    const found = handlers.get(id);
    return found ? [{ id, ...found }] : [];
  });
}

type Handlers = Map<string, { label: string; run: () => void }>;

function connectionHandlers(app: App, connectionId: string, error: ErrorEnvelope): Handlers {
  const { connections } = app.commands;
  const config = app.connections.get(connectionId)?.config;
  const retry = () => void connections.retry(connectionId);
  const edit = () => void connections.edit(connectionId);
  const diagnose = () => void connections.diagnose(connectionId);
  const copy = () => void navigator.clipboard.writeText(errorReport(error, config?.name));
  const closeIdle = () => void connections.closeIdle(connectionId).then(() => retry());
  const handlers: Handlers = new Map([
    ['closeIdle', { label: 'Close idle', run: closeIdle }],
    ['retry', { label: 'Try again', run: retry }],
    ['connect', { label: 'Connect', run: retry }],
    // Connecting again opens the question again, should it have been closed.
    ['enterPassword', { label: 'Enter password', run: retry }],
    ['enterSshPassword', { label: 'Enter SSH password', run: retry }],
    ['enterPassphrase', { label: 'Enter passphrase', run: retry }],
    ['trustHostKey', { label: 'Look at the key', run: retry }],
    ['copyReport', { label: 'Copy report', run: copy }],
    ['copyDetails', { label: 'Copy line for the administrator', run: copy }],
  ]);
  // The built-in server has no settings that could be wrong, but data that can be.
  if (config?.mode === 'embedded')
    handlers.set('resetSample', {
      label: 'Reset sample data',
      run: () => void connections.resetSample(config),
    });
  else
    handlers
      .set('edit', { label: 'Edit', run: edit })
      // The doctor comes to the same place, where its button does it.
      .set('enableTls', { label: 'Turn TLS on…', run: diagnose })
      .set('chooseDatabase', { label: 'Choose another database…', run: diagnose });
  return handlers;
}
