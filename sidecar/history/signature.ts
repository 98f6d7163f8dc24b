/** Bits of a signature before it is folded, and the least that is left of it, in bytes. */
const fullBytes = 8_192;
const leastBytes = 64;
/** It is folded while no more than this share of its bits would be set. */
const fill = 0.3;

/**
 * What of a text could be found in a block of entries, as a Bloom filter: of all its runs of three characters, and of
 * whole words such as the id of a connection. It may say that something is there which is not, never the other way.
 */
export class SignatureBuilder {
  #bits = new Uint8Array(fullBytes);

  /** In lower case. */
  addText(text: string): void {
    for (let at = 0; at + 2 < text.length; at += 1) {
      const hash = trigramAt(text, at);
      this.#set(hash);
      this.#set(second(hash));
      this.#set(third(hash));
    }
  }

  addWord(word: string): void {
    for (const hash of wordHashes(word)) this.#set(hash);
  }

  /** Half as long as often as that leaves it sparse, for most blocks hold few different texts. */
  finish(): Uint8Array {
    let bits = this.#bits;
    while (bits.length > leastBytes) {
      const half = bits.length / 2;
      const folded = bits.slice(0, half).map((byte, at) => byte | (bits[half + at] ?? 0));
      if (countOf(folded) > folded.length * 8 * fill) break;
      bits = folded;
    }
    return bits;
  }

  #set(hash: number): void {
    const byte = (hash >>> 3) & (fullBytes - 1);
    this.#bits[byte] = (this.#bits[byte] ?? 0) | (1 << (hash & 7));
  }
}

/** What is looked for in signatures. */
export class SignatureQuery {
  readonly #hashes: readonly number[];

  /** `texts`: in lower case. */
  constructor(texts: readonly string[], words: readonly string[]) {
    const trigrams = texts.flatMap((text) =>
      Array.from({ length: Math.max(0, text.length - 2) }, (_, at) => trigramAt(text, at)),
    );
    const threefold = trigrams.flatMap((hash) => [hash, second(hash), third(hash)]);
    this.#hashes = [...new Set([...threefold, ...words.flatMap(wordHashes)])];
  }

  fits(signature: Uint8Array): boolean {
    const mask = signature.length - 1;
    return this.#hashes.every((hash) => ((signature[(hash >>> 3) & mask] ?? 0) & (1 << (hash & 7))) !== 0);
  }
}

/** Three bits stand for each run of characters: the same hash, looked at from elsewhere. */
const second = (hash: number): number => hash >>> 16;
const third = (hash: number): number => Math.imul(hash, 0x9e3779b1) >>> 16;

function trigramAt(text: string, at: number): number {
  const one = Math.imul(text.charCodeAt(at), 0x9e3779b1);
  const two = Math.imul(text.charCodeAt(at + 1), 0x85ebca6b);
  const three = Math.imul(text.charCodeAt(at + 2), 0xc2b2ae35);
  return mixed(one ^ ((two << 11) | (two >>> 21)) ^ ((three << 21) | (three >>> 11)));
}

/** Four, for a word is one among few. */
function wordHashes(word: string): number[] {
  let hash = 0;
  for (let at = 0; at < word.length; at += 1) hash = Math.imul(hash ^ word.charCodeAt(at), 0x01000193);
  return [1, 2, 3, 4].map((salt) => mixed(hash ^ Math.imul(salt, 0x9e3779b1)));
}

function mixed(hash: number): number {
  const once = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (once ^ (once >>> 13)) >>> 0;
}

function countOf(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) for (let left = byte; left > 0; left &= left - 1) count += 1;
  return count;
}
