import type { SettingsPatch } from '#shared/settings/methods.ts';
import type { Rpc } from '../../lib/rpc/rpc.ts';
import type { CommandStores } from './commandStores.ts';
import { inSidebar } from './inSidebar.ts';

/** Settings act at once where the sidecar confirms them, a millisecond later. */
export class SettingsCommands {
  #rpc: Rpc;
  #stores: CommandStores;

  constructor(rpc: Rpc, stores: CommandStores) {
    this.#rpc = rpc;
    this.#stores = stores;
  }

  async update(patch: SettingsPatch): Promise<void> {
    await inSidebar(this.#stores.workspace, () => this.#rpc.call('settings.update', { patch }));
  }
}
