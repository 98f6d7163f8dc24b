import { AppError, fromEnvelope, toEnvelope } from '#shared/error/appError.ts';
import type { Rpc } from '../../lib/rpc/rpc.ts';
import type { FormState } from './formState.svelte.ts';
import { fillingOf, readWords, saysWhere } from './pastedText.ts';

type Field = HTMLInputElement | HTMLTextAreaElement;

export type PasteNotice =
  | { kind: 'filled'; words: string; warnings: readonly string[] }
  | { kind: 'failed'; error: AppError }
  /** Something is to be pasted, and was not yet. */
  | { kind: 'wanted' };

/** A text that says where a database is fills the whole form, into whichever field it is pasted. */
export class Pasting {
  #notice = $state.raw<PasteNotice>();
  #form: FormState;
  #rpc: Rpc;
  #undo: (() => void) | undefined;
  /** How the form stood once it was filled. */
  #filled = '';
  /** Where the text was pasted: it has the focus again once the notice has gone. */
  #field: Field | undefined;
  #text = '';

  constructor(form: FormState, rpc: Rpc) {
    this.#form = form;
    this.#rpc = rpc;
  }

  get notice(): PasteNotice | undefined {
    return this.#notice;
  }

  /** True where it takes the text, and the field gets nothing. */
  take(text: string, field: Field): boolean {
    const isHost = field.labels?.[0]?.textContent === 'Host';
    if (!saysWhere(text, isHost ? 'host' : 'other')) return false;
    this.#field = field;
    this.#text = text;
    void this.#read(text);
    return true;
  }

  /** What the form was opened with; nothing where the text could not be had. */
  begin(text: string): void {
    if (text === '') this.#notice = { kind: 'wanted' };
    else void this.#read(text);
  }

  /** Whether there is a field that may have as it is what could not be read. */
  get hasField(): boolean {
    return this.#field !== undefined;
  }

  /** Nothing was typed since the form was filled: the undo that the user means is this one. */
  get isLast(): boolean {
    return this.#undo !== undefined && this.#filled === this.#form.tested;
  }

  undo(): void {
    this.#undo?.();
    this.dismiss();
  }

  /** What could not be read is nothing but a text. */
  insertAsText(): void {
    if (this.#field) typeInto(this.#field, this.#text);
    this.dismiss();
  }

  dismiss(): void {
    this.#notice = undefined;
    this.#undo = undefined;
    this.#text = '';
    this.#field?.focus();
  }

  async #read(text: string): Promise<void> {
    try {
      const parsed = await this.#rpc.call('connection.parse', { text });
      this.#undo = this.#form.fill(fillingOf(parsed, this.#form.values));
      this.#filled = this.#form.tested;
      this.#text = '';
      this.#notice = { kind: 'filled', words: readWords(parsed.provenance), warnings: parsed.warnings };
    } catch (thrown) {
      const error = thrown instanceof AppError ? thrown : fromEnvelope(toEnvelope(thrown));
      this.#undo = undefined;
      this.#notice = { kind: 'failed', error };
    }
  }
}

/** As if it had been typed. */
function typeInto(field: Field, text: string): void {
  field.setRangeText(text, field.selectionStart ?? 0, field.selectionEnd ?? 0, 'end');
  field.dispatchEvent(new Event('input', { bubbles: true }));
}
