import { SvelteSet } from 'svelte/reactivity';
import type { AppError } from '#shared/error/appError.ts';

export type FormTarget =
  /** `text`: what the form is to be filled from; empty where it could not be had, and is still to be pasted. */
  | { kind: 'new'; groupId?: string; text?: string }
  /** `diagnose`: opened in order to see why it does not connect, so it is tested at once. */
  | { kind: 'edit'; connectionId: string; diagnose?: boolean };

export interface OpenForm {
  /** Each opening is a form of its own. */
  key: number;
  target: FormTarget;
}

/** What the sidebar has selected; a branch is something that hangs under a connection. */
export type TreeItem =
  { kind: 'connection' | 'group'; id: string } | { kind: 'branch'; id: string; connectionId: string };

export type Overlay = 'palette' | 'quickOpen' | 'shortcuts' | 'import' | 'settings';

/** Views of the whole window that are no query: each is one more tab while it is open. */
export const toolTitles = {
  history: 'Query history',
  sessions: 'Kept sessions',
  diagnostics: 'Diagnostics',
} as const;

export type Tool = keyof typeof toolTitles;

/** What this window shows where: nothing of it is worth keeping. */
export class Workspace {
  #form = $state.raw<OpenForm>();
  #formDirty = $state(false);
  #view = $state<'tabs' | 'form' | Tool>('tabs');
  #tools = $state.raw<readonly Tool[]>([]);
  #toolWanted = $state(0);
  #selected = $state.raw<TreeItem>();
  #overlay = $state<Overlay>();
  #sought = '';
  #sidebarError = $state.raw<AppError>();
  #forms = 0;
  #editorWanted = $state(0);
  #insertion = $state.raw<{ readonly text: string }>();
  #awaited: string | undefined;
  #saveForm: (() => Promise<boolean>) | undefined;
  #dismissed = new SvelteSet<string>();

  get form(): OpenForm | undefined {
    return this.#form;
  }

  /** The form has changes that are not saved; set by the form. */
  get formDirty(): boolean {
    return this.#formDirty;
  }
  set formDirty(dirty: boolean) {
    this.#formDirty = dirty;
  }

  /** The form and each tool are one more tab; they are named only while they are open. */
  get view(): 'tabs' | 'form' | Tool {
    return this.#view === 'form' && !this.#form ? 'tabs' : this.#view;
  }

  /** The tools that are open, in the order of their tabs. */
  get tools(): readonly Tool[] {
    return this.#tools;
  }

  /** Rises each time that the user asks for a tool, which takes the focus then; 0 while it is not in front. */
  wanted(tool: Tool): number {
    return this.#view === tool ? this.#toolWanted : 0;
  }

  openTool(tool: Tool): void {
    if (!this.#tools.includes(tool)) this.#tools = [...this.#tools, tool];
    this.#view = tool;
    this.#toolWanted += 1;
  }

  showTool(tool: Tool): void {
    if (this.#tools.includes(tool)) this.#view = tool;
  }

  closeTool(tool: Tool): void {
    this.#tools = this.#tools.filter((each) => each !== tool);
    if (this.#view === tool) this.#view = 'tabs';
  }

  showTabs(): void {
    this.#view = 'tabs';
  }

  showForm(): void {
    this.#view = 'form';
  }

  openForm(target: FormTarget): void {
    this.#forms += 1;
    this.#form = { key: this.#forms, target };
    this.#formDirty = false;
    this.#view = 'form';
  }

  /** The form says how it is saved; returns what takes that back. */
  savesForm(save: () => Promise<boolean>): () => void {
    this.#saveForm = save;
    return () => {
      if (this.#saveForm === save) this.#saveForm = undefined;
    };
  }

  /** Saves and closes the form; false where it is not valid, or could not be saved, which it shows then. */
  async saveForm(): Promise<boolean> {
    this.showForm();
    return (await this.#saveForm?.()) ?? false;
  }

  /** The form stays as it is, and edits from now on what it has just created. */
  formSaved(connectionId: string): void {
    if (this.#form) this.#form = { key: this.#form.key, target: { kind: 'edit', connectionId } };
    this.#formDirty = false;
  }

  closeForm(): void {
    this.#form = undefined;
    this.#formDirty = false;
    if (this.#view === 'form') this.#view = 'tabs';
  }

  /** Rises each time that the user opens a tab in order to type in it. */
  get editorWanted(): number {
    return this.#editorWanted;
  }

  wantEditor(): void {
    this.#editorWanted += 1;
  }

  /** A text that is to be written at the cursor of the editor in front, which takes it. */
  get insertion(): { readonly text: string } | undefined {
    return this.#insertion;
  }

  insert(text: string): void {
    this.#insertion = { text };
  }

  inserted(): void {
    this.#insertion = undefined;
  }

  /** The user has just asked for this connection: a question about it may take the focus, once. */
  await(connectionId: string): void {
    this.#awaited = connectionId;
  }

  takeAwaited(connectionId: string): boolean {
    const awaited = this.#awaited === connectionId;
    if (awaited) this.#awaited = undefined;
    return awaited;
  }

  /** The user has read a notice and put it away. */
  dismiss(notice: string): void {
    this.#dismissed.add(notice);
  }

  isDismissed(notice: string): boolean {
    return this.#dismissed.has(notice);
  }

  get selected(): TreeItem | undefined {
    return this.#selected;
  }
  set selected(item: TreeItem | undefined) {
    this.#selected = item;
  }

  get overlay(): Overlay | undefined {
    return this.#overlay;
  }
  set overlay(overlay: Overlay | undefined) {
    this.#overlay = overlay;
  }

  /** What quick open, or the search of the settings, begins with. */
  get sought(): string {
    return this.#sought;
  }

  quickOpen(text = ''): void {
    this.#sought = text;
    this.#overlay = 'quickOpen';
  }

  openSettings(text = ''): void {
    this.#sought = text;
    this.#overlay = 'settings';
  }

  /** Why the last action of the sidebar (move, rename, delete) did not work. */
  get sidebarError(): AppError | undefined {
    return this.#sidebarError;
  }
  set sidebarError(error: AppError | undefined) {
    this.#sidebarError = error;
  }
}
