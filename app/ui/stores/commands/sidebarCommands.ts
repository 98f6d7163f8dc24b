import type { ConnectionConfig } from '#shared/connection/config.ts';
import type { Group } from '#shared/connection/group.ts';
import type { CommandStores } from './commandStores.ts';
import type { ConnectionCommands } from './connectionCommands.ts';
import type { GroupCommands } from './groupCommands.ts';
import { inSidebar } from './inSidebar.ts';

interface Chosen {
  connections: readonly ConnectionConfig[];
  groups: readonly Group[];
}

/** More names than that are counted, not listed. */
const maxNames = 8;

/** What the user can do with several rows of the sidebar at once. */
export class SidebarCommands {
  #stores: CommandStores;
  #connections: ConnectionCommands;
  #groups: GroupCommands;

  constructor(stores: CommandStores, connections: ConnectionCommands, groups: GroupCommands) {
    this.#stores = stores;
    this.#connections = connections;
    this.#groups = groups;
  }

  /** Asks once, by number and name. What deleted groups hold besides moves up. */
  async remove({ connections, groups }: Chosen): Promise<void> {
    const { questions, toasts, workspace } = this.#stores;
    const what = [
      ...(connections.length > 0 ? [some(connections.length, 'connection')] : []),
      ...(groups.length > 0 ? [some(groups.length, 'group')] : []),
    ].join(' and ');
    const confirmed = await questions.ask({
      title: `Delete ${what}?`,
      text: `${nameList([...connections, ...groups].map(({ name }) => name))}. ${consequences(connections, groups)}`,
      confirm: `Delete ${what}`,
      cancel: 'Keep them',
      danger: true,
    });
    if (!confirmed) return;
    await inSidebar(workspace, async () => {
      const undo: (() => Promise<void>)[] = [];
      const restore = async () => {
        // Backwards, so that groups are there again before what stood in them.
        for (const step of undo.toReversed()) await step();
      };
      try {
        for (const config of connections) undo.push(await this.#connections.delete(config));
        for (const group of groups) undo.push(await this.#groups.delete(group));
      } finally {
        if (undo.length > 0)
          toasts.show(`Deleted ${what}`, { undo: () => void inSidebar(workspace, restore) });
      }
    });
  }
}

const some = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

function nameList(names: readonly string[]): string {
  const shown = names.slice(0, maxNames).map((name) => `“${name}”`);
  const more = names.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}

function consequences(connections: readonly ConnectionConfig[], groups: readonly Group[]): string {
  const secrets = connections.some(({ credential }) => credential.source === 'keychain');
  return [
    connections.length > 0
      ? `${secrets ? 'Settings and stored passwords' : 'Settings'} are deleted; query tabs stay as they are.`
      : '',
    groups.length > 0 ? 'What else is in a group moves one level up.' : '',
  ]
    .filter(Boolean)
    .join(' ');
}
