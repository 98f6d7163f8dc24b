import type { Group } from '#shared/connection/group.ts';
import type { Rpc } from '../../lib/rpc/rpc.ts';
import type { CommandStores } from './commandStores.ts';
import { inSidebar } from './inSidebar.ts';

/** What the user can do with groups. */
export class GroupCommands {
  #rpc: Rpc;
  #stores: CommandStores;

  constructor(rpc: Rpc, stores: CommandStores) {
    this.#rpc = rpc;
    this.#stores = stores;
  }

  /** Creates a group at the end of its parent; undefined when it did not work. */
  async create(name: string, parentId?: string): Promise<string | undefined> {
    let id: string | undefined;
    await inSidebar(this.#stores.workspace, async () => {
      const siblings = this.#stores.groups.list.filter((group) => group.parentId === parentId);
      const sortOrder = Math.max(-1, ...siblings.map((group) => group.sortOrder)) + 1;
      const { group } = await this.#rpc.call('group.save', { group: { name, parentId, sortOrder } });
      id = group.id;
      this.#stores.workspace.selected = { kind: 'group', id: group.id };
    });
    return id;
  }

  async rename(group: Group, name: string): Promise<void> {
    if (name.trim() === '' || name === group.name) return;
    await inSidebar(this.#stores.workspace, () =>
      this.#rpc.call('group.save', { group: { ...group, name } }),
    );
  }

  async setExpanded(group: Group, expanded: boolean): Promise<void> {
    if (group.expanded === expanded) return;
    await inSidebar(this.#stores.workspace, () =>
      this.#rpc.call('group.save', { group: { ...group, expanded } }),
    );
  }

  async move(id: string, parentId: string | undefined, index: number): Promise<void> {
    await inSidebar(this.#stores.workspace, () =>
      this.#rpc.call('group.move', { id, parentId: parentId ?? null, index }),
    );
  }

  async remove(group: Group): Promise<void> {
    const holdsSome = [...this.#stores.connections.list].some((row) => row.config.groupId === group.id);
    const confirmed =
      !holdsSome ||
      (await this.#stores.questions.ask({
        title: `Delete the group “${group.name}”?`,
        text: 'Its connections and groups move one level up; none is deleted.',
        confirm: 'Delete group',
        cancel: 'Keep it',
        danger: true,
      }));
    if (!confirmed) return;
    await inSidebar(this.#stores.workspace, () => this.#rpc.call('group.delete', { id: group.id }));
  }
}
