import type { Document } from '#shared/documents/document.ts';

/** `pending`: changed, and the save is on its way. `unsaved`: the save failed or has been pending for long. */
export type SaveState = 'saved' | 'pending' | 'unsaved';

export type DocumentPatch = Partial<Omit<Document, 'id' | 'savedAt'>>;

/** One tab. Its fields are read by components and changed only through `Documents.update`. */
export class DocumentTab {
  readonly id: string;
  title = $state('');
  /** The whole text; read it with `untrack` inside an editor, for it changes at each key. */
  text = $state.raw('');
  connectionId = $state<string>();
  database = $state<string>();
  cursor = $state<number>();
  scroll = $state<number>();
  sortOrder = $state(0);
  /** Which of the sidecar's versions this window knows; a newer one comes from another window. */
  savedAt = $state(0);
  /** The text that the sidecar has, as far as this window knows. */
  savedText: string | undefined;
  saveState = $state<SaveState>('saved');

  constructor(document: Document) {
    this.id = document.id;
    this.patch(document);
    this.sortOrder = document.sortOrder ?? 0;
    this.savedAt = document.savedAt ?? 0;
  }

  patch(patch: DocumentPatch): void {
    if ('title' in patch) this.title = patch.title ?? '';
    if ('text' in patch) this.text = patch.text ?? '';
    if ('connectionId' in patch) this.connectionId = patch.connectionId;
    if ('database' in patch) this.database = patch.database;
    if ('cursor' in patch) this.cursor = patch.cursor;
    if ('scroll' in patch) this.scroll = patch.scroll;
    if (patch.sortOrder !== undefined) this.sortOrder = patch.sortOrder;
  }

  toDocument(): Document {
    const { id, title, text, connectionId, database, cursor, scroll, sortOrder, savedAt } = this;
    return {
      id,
      title,
      text,
      sortOrder,
      ...(savedAt === 0 ? {} : { savedAt }),
      ...(connectionId === undefined ? {} : { connectionId }),
      ...(database === undefined ? {} : { database }),
      ...(cursor === undefined ? {} : { cursor }),
      ...(scroll === undefined ? {} : { scroll }),
    };
  }
}
