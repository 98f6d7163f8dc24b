import { SvelteMap } from 'svelte/reactivity';
import type { Document } from '#shared/documents/document.ts';
import type { Rpc } from '../lib/rpc/rpc.ts';
import { DocumentSaver } from './documentSaver.ts';
import { DocumentTab, type DocumentPatch } from './documentTab.svelte.ts';
import type { WindowMemory } from '../lib/windowMemory.ts';

export type NewDocument = Partial<Pick<Document, 'title' | 'text' | 'connectionId' | 'database'>>;

/**
 * The tabs. The one store whose truth is here, not in the sidecar: a text that is being typed must not be replaced by
 * an older one that comes back. Texts are saved on change and return with the snapshot.
 */
export class Documents {
  #tabs = new SvelteMap<string, DocumentTab>();
  /** Closed, but for some seconds still to be had again; the sidecar keeps them until then. */
  #hidden = new Map<string, DocumentTab>();
  /** The tab that holds another window's text of a document. */
  #beside = new Map<string, string>();
  #activeId = $state<string>();
  #saver: DocumentSaver;
  #memory: WindowMemory;

  readonly list = $derived([...this.#tabs.values()].sort((a, b) => a.sortOrder - b.sortOrder));
  readonly active = $derived(this.#activeId === undefined ? undefined : this.#tabs.get(this.#activeId));
  /** The connection that the active tab belongs to; undefined for a tab that was never bound to one. */
  readonly activeConnectionId = $derived(this.active?.connectionId);

  constructor(rpc: Rpc, memory: WindowMemory) {
    this.#saver = new DocumentSaver(rpc);
    this.#memory = memory;
    this.#activeId = memory.activeTab;
  }

  get(id: string): DocumentTab | undefined {
    return this.#tabs.get(id);
  }

  open({ title, text = '', connectionId, database }: NewDocument = {}): DocumentTab {
    const tab = new DocumentTab({
      id: crypto.randomUUID(),
      title: title ?? this.#freeTitle(),
      text,
      connectionId,
      database,
      sortOrder: Math.max(-1, ...this.list.map((other) => other.sortOrder)) + 1,
    });
    this.#tabs.set(tab.id, tab);
    this.activate(tab.id);
    this.#saver.changed(tab, 0);
    return tab;
  }

  activate(id: string): void {
    if (!this.#tabs.has(id)) return;
    this.#activeId = id;
    this.#memory.activeTab = id;
  }

  /** Changes a tab and saves it after a short pause. What is equal already costs nothing. */
  update(id: string, patch: DocumentPatch): void {
    const tab = this.#tabs.get(id);
    if (!tab) return;
    const before = tab.toDocument();
    const changes = Object.entries(patch).some(([key, value]) => before[key as keyof Document] !== value);
    if (!changes) return;
    tab.patch(patch);
    this.#saver.changed(tab);
  }

  /** Takes a tab out of the strip for good. */
  close(id: string): void {
    this.hide(id);
    if (this.#hidden.delete(id)) this.#saver.remove(id);
  }

  /** Takes a tab out of the strip; `show` brings it back, `close` ends it. */
  hide(id: string): void {
    const place = this.list.findIndex((tab) => tab.id === id);
    if (place < 0) return;
    const next = this.list[place + 1] ?? this.list[place - 1];
    const tab = this.#tabs.get(id);
    if (tab) this.#hidden.set(id, tab);
    this.#tabs.delete(id);
    if (this.#activeId !== id) return;
    this.#activeId = next?.id;
    this.#memory.activeTab = next?.id;
  }

  /** Brings back a tab that was hidden, with all that it had. */
  show(id: string): void {
    const tab = this.#hidden.get(id);
    if (!tab) return;
    this.#hidden.delete(id);
    this.#tabs.set(id, tab);
    this.activate(id);
  }

  /** Puts a tab at a place in the strip. */
  move(id: string, index: number): void {
    const others = this.list.filter((tab) => tab.id !== id);
    const tab = this.#tabs.get(id);
    if (!tab) return;
    others.splice(index, 0, tab);
    others.forEach((each, sortOrder) => this.update(each.id, { sortOrder }));
  }

  /** Another window has saved a document. True where this one's text of it was not saved yet, so that both are kept. */
  changedElsewhere(document: Document): boolean {
    const { id, text, savedAt = 0 } = document;
    const tab = this.#tabs.get(id);
    if (!tab) {
      if (!this.#isKnown(id)) this.#takeOver(document);
      return false;
    }
    if (savedAt <= tab.savedAt) return false;
    // The place of the cursor, for example, is saved a little later than the text.
    const isOurs = this.#saver.isUnsaved(id) && tab.text !== tab.savedText;
    tab.savedAt = savedAt;
    tab.savedText = text;
    if (text !== tab.text && isOurs) {
      this.#keepBeside(document);
      return true;
    }
    const { title, connectionId, database, sortOrder } = document;
    tab.patch({ title, text, connectionId, database, sortOrder });
    return false;
  }

  /** Another window has closed it for good; what is not saved here stays, and is saved again. */
  removedElsewhere(id: string, isBusy: boolean): void {
    const tab = this.#tabs.get(id);
    if (!tab) return;
    if (isBusy || this.#saver.isUnsaved(id)) return this.#saver.changed(tab, 0);
    this.hide(id);
    this.#hidden.delete(id);
  }

  /**
   * Takes the sidecar's documents: all of them at the first attach; later those that another window has changed, for else
   * this window's own texts are newer. What the sidecar lost, it gets again.
   */
  load(documents: readonly Document[]): void {
    const drafts = new Map(this.#memory.takeDrafts().map((draft) => [draft.id, draft]));
    for (const document of documents) {
      const draft = drafts.get(document.id);
      if (draft && !this.#isKnown(document.id)) this.#takeDraft(draft);
      drafts.delete(document.id);
      this.changedElsewhere(document);
    }
    for (const draft of drafts.values()) if (!this.#tabs.has(draft.id)) this.#takeDraft(draft);
    const texts = new Map(documents.map(({ id, text }) => [id, text]));
    for (const tab of this.#tabs.values()) if (texts.get(tab.id) !== tab.text) this.#saver.changed(tab, 0);
    if (!this.active) this.#activeId = this.list[0]?.id;
    this.#saver.flush();
  }

  /** The page may be about to go: what is not saved stays with the window, and is sent if there is still time. */
  leave(): void {
    this.#memory.drafts = this.#saver.unsaved.map((tab) => tab.toDocument());
    this.#saver.flush();
  }

  get hasUnsaved(): boolean {
    return this.#saver.unsaved.length > 0;
  }

  #takeOver(document: Document): void {
    const tab = new DocumentTab(document);
    tab.savedText = document.text;
    this.#tabs.set(tab.id, tab);
  }

  #takeDraft(draft: Document): void {
    const tab = new DocumentTab(draft);
    this.#tabs.set(tab.id, tab);
    this.#saver.changed(tab, 0);
  }

  /** The other window's text of a document, in a tab of its own; one for each, however often both are typed in. */
  #keepBeside({ id, title, text, connectionId, database }: Document): void {
    const beside = this.#tabs.get(this.#beside.get(id) ?? '');
    if (beside) return this.update(beside.id, { text });
    const active = this.#activeId;
    const tab = this.open({ title: `${title} (other window)`, text, connectionId, database });
    this.#beside.set(id, tab.id);
    if (active !== undefined) this.activate(active);
  }

  /** Here, or closed here. */
  #isKnown(id: string): boolean {
    return this.#tabs.has(id) || this.#hidden.has(id) || this.#saver.removals.has(id);
  }

  #freeTitle(): string {
    const taken = new Set([...this.list, ...this.#hidden.values()].map((tab) => tab.title));
    for (let number = 1; ; number += 1) if (!taken.has(`query ${number}`)) return `query ${number}`;
  }
}
