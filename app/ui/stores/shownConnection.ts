import type { App } from './context.ts';

/**
 * The connection that what is in front is about: the one being edited while the form is shown, else that of the tab. A
 * new connection has none yet, and must not stand under another server's environment and errors; a tool is about no
 * single one.
 */
export function shownConnectionId({
  documents,
  workspace,
}: Pick<App, 'documents' | 'workspace'>): string | undefined {
  if (workspace.view === 'tabs') return documents.activeConnectionId;
  const target = workspace.view === 'form' ? workspace.form?.target : undefined;
  return target?.kind === 'edit' ? target.connectionId : undefined;
}
