import { AppError, toEnvelope, fromEnvelope } from '#shared/error/appError.ts';
import type { Workspace } from '../workspace.svelte.ts';

/** Runs an action of the sidebar; what fails stands at the foot of the sidebar until the next action. */
export async function inSidebar(workspace: Workspace, action: () => Promise<unknown>): Promise<void> {
  workspace.sidebarError = undefined;
  try {
    await action();
  } catch (error) {
    // That the engine cannot be reached stands over the whole window already.
    if (error instanceof AppError && error.code === 'SIDECAR_RESTARTED') return;
    workspace.sidebarError = error instanceof AppError ? error : fromEnvelope(toEnvelope(error));
  }
}
