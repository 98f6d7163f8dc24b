import type { MethodResult } from '#shared/contract/derive.ts';
import { fromEnvelope, toEnvelope } from '#shared/error/appError.ts';
import type { Rpc } from '../../lib/rpc/rpc.ts';

type Listing = MethodResult<'native.listFolder'>;
export type Entry = Listing['entries'][number];

/** Letters that come sooner than this after each other are one word. */
const wordMs = 1000;
const pageRows = 10;

/** What steps through the list. */
export const stepKeys = ['ArrowDown', 'ArrowUp', 'PageDown', 'PageUp', 'Home', 'End'] as const;

/** What the panel shows: one folder, and which of its entries is the current one. */
export class FolderBrowser {
  readonly #rpc: Rpc;
  #listing = $state.raw<Listing>();
  #problem = $state<string>();
  #at = $state(0);
  #hidden = $state(false);
  readonly #foldersOnly: boolean;
  /** The path line, which may be typed into. */
  pathText = $state('');
  #asked = 0;
  #word = '';
  #wordAt = 0;

  constructor(rpc: Rpc, { hidden, foldersOnly = false }: { hidden: boolean; foldersOnly?: boolean }) {
    this.#rpc = rpc;
    this.#hidden = hidden;
    this.#foldersOnly = foldersOnly;
  }

  readonly entries = $derived.by<readonly Entry[]>(() => {
    const { entries = [] } = this.#listing ?? {};
    return this.#foldersOnly ? entries.filter(({ kind }) => kind === 'folder') : entries;
  });
  readonly current = $derived<Entry | undefined>(this.entries[this.#at]);

  /** Undefined until the first folder has come. */
  get folder(): string | undefined {
    return this.#listing?.folder;
  }

  get parent(): string | undefined {
    return this.#listing?.parent;
  }

  get more(): boolean {
    return this.#listing?.more ?? false;
  }

  get places(): Listing['places'] {
    return this.#listing?.places ?? [];
  }

  /** Why the folder that was asked for is not shown; the one before it still is. */
  get problem(): string | undefined {
    return this.#problem;
  }

  get at(): number {
    return this.#at;
  }

  set at(index: number) {
    this.#at = Math.max(0, Math.min(index, this.entries.length - 1));
  }

  get hidden(): boolean {
    return this.#hidden;
  }

  async showHidden(hidden: boolean): Promise<void> {
    this.#hidden = hidden;
    if (this.folder !== undefined) await this.open(this.folder, this.current?.name);
  }

  /** Shows a folder; gives the path of a file where that is what the path leads to. */
  async open(path: string, name?: string): Promise<string | undefined> {
    this.#asked += 1;
    const asked = this.#asked;
    const typed = this.pathText;
    try {
      const listing = await this.#rpc.call('native.listFolder', { path, hidden: this.#hidden });
      if (asked !== this.#asked) return undefined;
      this.#problem = undefined;
      this.#listing = listing;
      this.#word = '';
      // What is typed while a folder is on its way is where the person wants to go next.
      if (this.pathText === typed) this.pathText = listing.folder;
      const wanted = listing.file ?? name;
      this.at = this.entries.findIndex((entry) => entry.name === wanted);
      return listing.file === undefined ? undefined : this.current?.path;
    } catch (error) {
      if (asked === this.#asked) this.#problem = fromEnvelope(toEnvelope(error)).message;
      return undefined;
    }
  }

  /** The path of a name in the folder that is shown. */
  pathOf(name: string): string {
    const folder = this.folder ?? '';
    const separator = folder.includes('\\') ? '\\' : '/';
    return folder.endsWith(separator) ? `${folder}${name}` : `${folder}${separator}${name}`;
  }

  /** Is there such a file, also one that is not listed? What cannot be found out is left to the writing. */
  async exists(path: string): Promise<boolean> {
    const found = await this.#rpc.call('native.listFolder', { path, hidden: true }).catch(() => undefined);
    return found?.file !== undefined;
  }

  /** To the folder that this one is in, where this one is the current entry then. */
  async up(): Promise<void> {
    const { folder, parent } = this;
    if (folder !== undefined && parent !== undefined) await this.open(parent, folder.split(/[\\/]/).at(-1));
  }

  /** Follows a step of the list; false for a key that is none. */
  move(key: string): boolean {
    const to = {
      ArrowDown: this.#at + 1,
      ArrowUp: this.#at - 1,
      PageDown: this.#at + pageRows,
      PageUp: this.#at - pageRows,
      Home: 0,
      End: this.entries.length - 1,
    }[key];
    if (to === undefined) return false;
    this.at = to;
    return true;
  }

  /** Goes to the next entry that begins with the letters typed so far. One letter again and again goes through all of them. */
  typed(letter: string, now: number): void {
    this.#word = now - this.#wordAt < wordMs ? this.#word + letter.toLowerCase() : letter.toLowerCase();
    this.#wordAt = now;
    const isRepeated = new Set(this.#word).size === 1;
    const word = isRepeated ? this.#word.slice(0, 1) : this.#word;
    const count = this.entries.length;
    for (let step = isRepeated ? 1 : 0; step <= count; step += 1) {
      const index = (this.#at + step) % count;
      if (!this.entries[index]?.name.toLowerCase().startsWith(word)) continue;
      this.#at = index;
      return;
    }
  }

  /** Whether letters were typed a moment ago, so that a blank goes on with them. */
  isTyping(now: number): boolean {
    return this.#word !== '' && now - this.#wordAt < wordMs;
  }
}
