import { SvelteMap } from 'svelte/reactivity';
import type { Group } from '#shared/connection/group.ts';
import type { NotificationParams } from '#shared/contract/derive.ts';

/** The groups of the sidebar as the sidecar keeps them. */
export class Groups {
  #rows = new SvelteMap<string, Group>();

  readonly list = $derived(
    [...this.#rows.values()].sort((a, b) => a.sortOrder - b.sortOrder || a.name.localeCompare(b.name)),
  );

  get(id: string | undefined): Group | undefined {
    return id === undefined ? undefined : this.#rows.get(id);
  }

  load(groups: readonly Group[]): void {
    this.#rows.clear();
    for (const group of groups) this.#rows.set(group.id, group);
  }

  changed({ id, group }: NotificationParams<'group.changed'>): void {
    if (group) this.#rows.set(id, group as Group);
    else this.#rows.delete(id);
  }
}
