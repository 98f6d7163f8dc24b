import { SvelteMap } from 'svelte/reactivity';
import { bytesOfHex, isBytes } from './valueForms.ts';
import type { ViewedValue } from './viewedValue.svelte.ts';

const chunkBytes = 16 * 1024;
const maxChunks = 64;

/** The bytes of a value, of which only those in view are fetched; a bytea's are its own, a text's are those of UTF-8. */
export class HexBytes {
  /** How many there are; known once the beginning has come. */
  readonly count = $derived.by(() => {
    const { bytes } = this.#value;
    return bytes === undefined ? 0 : this.#isHex ? Math.max(0, (bytes - 2) >>> 1) : bytes;
  });
  #chunks = new SvelteMap<number, Uint8Array>();
  readonly #asked = new Set<number>();
  readonly #value: ViewedValue;
  readonly #isHex: boolean;
  readonly #abort = new AbortController();

  constructor(value: ViewedValue, typeName: string, head: string) {
    this.#value = value;
    this.#isHex = isBytes(typeName, head);
  }

  /** Undefined where it still has to come. */
  at(index: number): number | undefined {
    return this.#chunks.get(Math.floor(index / chunkBytes))?.[index % chunkBytes];
  }

  want(from: number, to: number): void {
    for (let chunk = Math.floor(from / chunkBytes); chunk * chunkBytes < Math.min(to, this.count); chunk += 1)
      if (!this.#asked.has(chunk)) void this.#load(chunk);
  }

  close(): void {
    this.#abort.abort();
  }

  async #load(chunk: number): Promise<void> {
    this.#asked.add(chunk);
    try {
      this.#chunks.set(chunk, await this.#read(chunk * chunkBytes));
      this.#forget(chunk);
    } catch {
      // It is asked for again when it comes into view again; the rows stay empty meanwhile.
      this.#asked.delete(chunk);
    }
  }

  async #read(from: number): Promise<Uint8Array> {
    const { signal } = this.#abort;
    if (this.#isHex) {
      const { text } = await this.#value.read(2 + 2 * from, 2 * chunkBytes, signal);
      return bytesOfHex(text);
    }
    // A character across the end of the chunk is wanted too.
    const { text, offset } = await this.#value.read(from, chunkBytes + 4, signal);
    return new TextEncoder().encode(text).subarray(from - offset, from - offset + chunkBytes);
  }

  /** The oldest goes first; one that is looked at again is fetched again. */
  #forget(kept: number): void {
    for (const chunk of this.#chunks.keys()) {
      if (this.#chunks.size <= maxChunks) return;
      if (chunk === kept) continue;
      this.#chunks.delete(chunk);
      this.#asked.delete(chunk);
    }
  }
}
