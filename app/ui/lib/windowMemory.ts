import type { Document } from '#shared/documents/document.ts';

const keys = {
  windowId: 'hawser.windowId',
  token: 'hawser.token',
  activeTab: 'hawser.activeTab',
  drafts: 'hawser.drafts',
  sent: 'hawser.sent',
};

/** By which the text of a run is known again: its length in code units, and a digest. */
export interface SentMark {
  readonly length: number;
  readonly digest: string;
}

/** What this window keeps over a reload: who it is, its place, and texts whose save had no time to go out. */
export class WindowMemory {
  #storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  #windowId: string;

  constructor(storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>) {
    this.#storage = storage;
    this.#windowId = storage.getItem(keys.windowId) ?? crypto.randomUUID();
    storage.setItem(keys.windowId, this.#windowId);
  }

  get windowId(): string {
    return this.#windowId;
  }

  /** Another window from now on: what was this one's session is left to whoever has it. */
  renew(): void {
    this.#windowId = crypto.randomUUID();
    this.#set(keys.windowId, this.#windowId);
    this.token = undefined;
  }

  get token(): string | undefined {
    return this.#storage.getItem(keys.token) ?? undefined;
  }
  set token(token: string | undefined) {
    this.#set(keys.token, token);
  }

  get activeTab(): string | undefined {
    return this.#storage.getItem(keys.activeTab) ?? undefined;
  }
  set activeTab(id: string | undefined) {
    this.#set(keys.activeTab, id);
  }

  /** The texts of runs, by the run's id. */
  get sent(): Readonly<Record<string, SentMark>> {
    const text = this.#storage.getItem(keys.sent);
    return text === null ? {} : (JSON.parse(text) as Record<string, SentMark>);
  }
  set sent(marks: Readonly<Record<string, SentMark>>) {
    this.#set(keys.sent, Object.keys(marks).length > 0 ? JSON.stringify(marks) : undefined);
  }

  set drafts(drafts: Document[]) {
    this.#set(keys.drafts, drafts.length > 0 ? JSON.stringify(drafts) : undefined);
  }

  /** Reads the drafts and forgets them: from here on they live in the tabs again. */
  takeDrafts(): Document[] {
    const text = this.#storage.getItem(keys.drafts);
    this.#storage.removeItem(keys.drafts);
    return text === null ? [] : (JSON.parse(text) as Document[]);
  }

  #set(key: string, value: string | undefined): void {
    if (value === undefined) this.#storage.removeItem(key);
    else this.#storage.setItem(key, value);
  }
}
