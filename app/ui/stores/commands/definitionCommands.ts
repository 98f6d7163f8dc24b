import type { DefinitionsPreview } from '#shared/connection/definitions.ts';
import type { MethodInput, MethodResult } from '#shared/contract/derive.ts';
import type { Rpc } from '../../lib/rpc/rpc.ts';
import { saveFile } from '../../lib/saveFile.ts';
import type { CommandStores } from './commandStores.ts';
import { inSidebar } from './inSidebar.ts';

/** Definitions from other programs, and to a file. */
export class DefinitionCommands {
  #rpc: Rpc;
  #stores: CommandStores;

  constructor(rpc: Rpc, stores: CommandStores) {
    this.#rpc = rpc;
    this.#stores = stores;
  }

  openImport(): void {
    this.#stores.workspace.overlay = 'import';
  }

  /** What lies at the usual places. */
  async scan(): Promise<MethodResult<'definitions.scan'>['sources']> {
    return (await this.#rpc.call('definitions.scan', {})).sources;
  }

  /** Rejects with why it cannot be read. */
  async preview(request: MethodInput<'definitions.preview'>): Promise<DefinitionsPreview> {
    return this.#rpc.call('definitions.preview', request);
  }

  /** Rejects with what is wrong with them; then none was made. */
  async import(request: MethodInput<'definitions.import'>): Promise<void> {
    const { ids } = await this.#rpc.call('definitions.import', request);
    const { toasts, workspace } = this.#stores;
    const [id] = ids;
    if (id !== undefined) workspace.selected = { kind: 'connection', id };
    toasts.show(`Imported ${ids.length === 1 ? 'one connection' : `${ids.length} connections`}`);
  }

  /** All of them, or some, as a file without a secret. */
  async export(ids?: readonly string[]): Promise<void> {
    const { toasts, workspace } = this.#stores;
    await inSidebar(workspace, async () => {
      const { text, count } = await this.#rpc.call('definitions.export', ids ? { ids: [...ids] } : {});
      saveFile(`hawser-connections-${new Date().toISOString().slice(0, 10)}.json`, text);
      toasts.show(`Exported ${count === 1 ? 'one connection' : `${count} connections`}, without passwords`);
    });
  }
}
