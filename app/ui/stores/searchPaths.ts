import { SvelteMap } from 'svelte/reactivity';
import type { NotificationParams } from '#shared/contract/derive.ts';
import type { TabSearchPath } from '#shared/query/searchPath.ts';
import type { DocumentTab } from './documentTab.svelte.ts';

/** Where the sessions of tabs look up names without a schema, as the sidecar tells it. */
export class SearchPaths {
  readonly #paths = new SvelteMap<string, TabSearchPath>();

  /** Undefined where the tab has none of its own. */
  of({ id, connectionId }: Pick<DocumentTab, 'id' | 'connectionId'>): readonly string[] | undefined {
    const known = this.#paths.get(id);
    return known?.connectionId === connectionId ? known?.searchPath : undefined;
  }

  load(paths: readonly TabSearchPath[] = []): void {
    this.#paths.clear();
    for (const path of paths) this.#paths.set(path.tabId, path);
  }

  changed({ searchPath, ...tab }: NotificationParams<'tab.searchPathChanged'>): void {
    if (searchPath) this.#paths.set(tab.tabId, { ...tab, searchPath });
    else this.#paths.delete(tab.tabId);
  }
}
