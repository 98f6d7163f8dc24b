import type { Prompt } from '#shared/connection/prompt.ts';
import { AppError, fromEnvelope, toEnvelope } from '#shared/error/appError.ts';
import type { Rpc } from '../../lib/rpc/rpc.ts';
import type { CommandStores } from './commandStores.ts';
import { inSidebar } from './inSidebar.ts';

/** Answers to open questions. */
export class CredentialCommands {
  #rpc: Rpc;
  #stores: CommandStores;

  constructor(rpc: Rpc, stores: CommandStores) {
    this.#rpc = rpc;
    this.#stores = stores;
  }

  /**
   * Gives the secret, and connects. Returns the error that belongs beside the field; a connect that failed otherwise
   * has been told by the status.
   */
  async provide(
    prompt: Prompt,
    secret: string,
    remember: Prompt['remember'][number],
  ): Promise<AppError | undefined> {
    try {
      await this.#rpc.call('credential.provide', { promptId: prompt.promptId, secret, remember });
      return undefined;
    } catch (thrown) {
      const error = thrown instanceof AppError ? thrown : fromEnvelope(toEnvelope(thrown));
      const told = this.#stores.connections.get(prompt.connectionId)?.error?.code === error.code;
      return told ? undefined : error;
    }
  }

  /** Accepts a host key that the user has looked at, and connects; how that went is told by the status. */
  async trust(prompt: Prompt, trust: 'once' | 'remember'): Promise<void> {
    const { connections, workspace } = this.#stores;
    await inSidebar(workspace, async () => {
      try {
        await this.#rpc.call('credential.provide', { promptId: prompt.promptId, trust });
      } catch (error) {
        const told = connections.get(prompt.connectionId)?.error?.code;
        if (!(error instanceof AppError) || error.code !== told) throw error;
      }
    });
  }

  async refuse(promptId: string): Promise<void> {
    await inSidebar(this.#stores.workspace, () => this.#rpc.call('credential.refuse', { promptId }));
  }
}
