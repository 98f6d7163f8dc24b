import { AppError } from '#shared/error/appError.ts';
import type { ShownRows } from '../../../stores/runsResult.svelte.ts';
import type { Cell } from '../../../components/grid/selection.ts';

/** A value up to here is fetched whole as soon as it is looked at; of a larger one its beginning. */
const atOnceBytes = 1024 * 1024;
/** How much more one wish for more brings. */
const moreBytes = 4 * 1024 * 1024;
const partBytes = 1024 * 1024;

/** One value on its way to the viewer: its beginning comes first, the rest part by part, or on demand. */
export class ViewedValue {
  #text = $state.raw<string | null>();
  /** Of the whole value, in UTF-8; known with the first part. */
  #bytes = $state<number>();
  #loaded = $state(0);
  #failure = $state<string>();
  #loading = $state(false);
  readonly #rows: ShownRows;
  readonly #cell: Cell;
  readonly #abort = new AbortController();
  #pause: AbortController | undefined;

  constructor(rows: ShownRows, cell: Cell) {
    this.#rows = rows;
    this.#cell = cell;
    const here = rows.row(cell.row)?.[cell.column];
    if (here !== undefined && !rows.isCut(cell.row, cell.column)) {
      this.#text = here;
      this.#bytes = this.#loaded = here === null ? 0 : new TextEncoder().encode(here).length;
    } else {
      void this.more(atOnceBytes);
    }
  }

  /** What is here of it, from the beginning; undefined: nothing yet, null: NULL. */
  get text(): string | null | undefined {
    return this.#text;
  }
  get bytes(): number | undefined {
    return this.#bytes;
  }
  get loadedBytes(): number {
    return this.#loaded;
  }
  get complete(): boolean {
    return this.#bytes !== undefined && this.#loaded >= this.#bytes;
  }
  get loading(): boolean {
    return this.#loading;
  }
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Fetches so many bytes more. Resolves where they came, where `stop` was called, and where they cannot be had. */
  async more(wanted = moreBytes): Promise<void> {
    if (this.#loading || this.complete) return;
    this.#loading = true;
    this.#failure = undefined;
    this.#pause = new AbortController();
    const signal = AbortSignal.any([this.#abort.signal, this.#pause.signal]);
    const end = this.#loaded + wanted;
    const parts: string[] = [];
    try {
      while (!this.complete && this.#loaded < end) parts.push(await this.#fetch(signal));
    } catch (error) {
      if (!signal.aborted)
        this.#failure = error instanceof AppError ? error.message : 'The value could not be fetched.';
    } finally {
      // Once for all parts: each new text is laid out by the page.
      if (parts.length > 0 && this.#text !== null) this.#text = (this.#text ?? '') + parts.join('');
      this.#loading = false;
    }
  }

  /** The whole of it, without showing it; undefined where it was stopped or cannot be had. */
  async whole(): Promise<string | null | undefined> {
    await this.more(Infinity);
    return this.complete ? this.#text : undefined;
  }

  stop(): void {
    this.#pause?.abort();
  }

  close(): void {
    this.#abort.abort();
  }

  /** Bytes of its UTF-8 from a place on, for what shows it without having all of it. */
  async read(offset: number, limit: number, signal: AbortSignal): Promise<{ text: string; offset: number }> {
    const { row, column } = this.#cell;
    const both = AbortSignal.any([signal, this.#abort.signal]);
    const part = await this.#rows.part({ row, column, offset, limit }, both);
    this.#bytes = part.bytes;
    return { text: part.text ?? '', offset: part.offset };
  }

  async #fetch(signal: AbortSignal): Promise<string> {
    const { row, column } = this.#cell;
    const part = await this.#rows.part({ row, column, offset: this.#loaded, limit: partBytes }, signal);
    signal.throwIfAborted();
    this.#bytes = part.bytes;
    this.#loaded = part.complete
      ? part.bytes
      : this.#loaded + new TextEncoder().encode(part.text ?? '').length;
    if (part.text === null) this.#text = null;
    return part.text ?? '';
  }
}
