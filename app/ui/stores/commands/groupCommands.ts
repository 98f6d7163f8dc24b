import type { Group } from '#shared/connection/group.ts';
import type { MethodInput } from '#shared/contract/derive.ts';
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

  /** Opens all groups that a connection stands in. */
  async openAbove(connectionId: string): Promise<void> {
    const { connections, groups } = this.#stores;
    let group = groups.get(connections.get(connectionId)?.config.groupId);
    while (group) {
      await this.setExpanded(group, true);
      group = groups.get(group.parentId);
    }
  }

  async setColor(group: Group, color: string | undefined): Promise<void> {
    await inSidebar(this.#stores.workspace, () =>
      this.#rpc.call('group.save', { group: { ...group, color } }),
    );
  }

  /** Puts connections and groups into a group, or to the top level, as one; whether it was done. */
  async gather(gathering: MethodInput<'group.gather'>): Promise<boolean> {
    let done = false;
    await inSidebar(this.#stores.workspace, async () => {
      await this.#rpc.call('group.gather', gathering);
      done = true;
    });
    return done;
  }

  async remove(group: Group): Promise<void> {
    const { connections, questions, toasts, workspace } = this.#stores;
    const holdsSome = connections.list.some((row) => row.config.groupId === group.id);
    const confirmed =
      !holdsSome ||
      (await questions.ask({
        title: `Delete the group “${group.name}”?`,
        text: 'Its connections and groups move one level up; none is deleted.',
        confirm: 'Delete group',
        cancel: 'Keep it',
        danger: true,
      }));
    if (!confirmed) return;
    await inSidebar(workspace, async () => {
      const restore = await this.delete(group);
      toasts.show(`Deleted the group “${group.name}”`, { undo: () => void inSidebar(workspace, restore) });
    });
  }

  /** Without a question. What it held moves one level up; returns what puts all of it back. */
  async delete(group: Group): Promise<() => Promise<void>> {
    const { connections, groups } = this.#stores;
    const held = {
      connections: connections.list
        .filter(({ config }) => config.groupId === group.id)
        .map(({ config: { id, name } }) => ({ id, name })),
      groups: groups.list
        .filter(({ parentId }) => parentId === group.id)
        .map(({ id, name }) => ({ id, name })),
    };
    await this.#rpc.call('group.delete', { id: group.id });
    return async () => {
      await this.#rpc.call('group.restore', { group, ...held });
    };
  }
}
