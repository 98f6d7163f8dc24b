import type { SentMark, WindowMemory } from '../lib/windowMemory.ts';

/**
 * Which text each run was: kept over a reload as its length and digest only, for the text itself stands in its tab. What
 * no longer fits there is not known any more, and is not guessed.
 */
export class SentTexts {
  #memory: Pick<WindowMemory, 'sent'>;

  constructor(memory: Pick<WindowMemory, 'sent'>) {
    this.#memory = memory;
  }

  remember(runId: string, text: string): void {
    this.#memory.sent = { ...this.#memory.sent, [runId]: markOf(text) };
  }

  /** The text of a run, cut out of its document at `from`; undefined where the document was changed there since. */
  recall(runId: string, document: string, from: number): string | undefined {
    const mark = this.#memory.sent[runId];
    if (!mark) return undefined;
    const text = document.slice(from, from + mark.length);
    const found = markOf(text);
    return found.length === mark.length && found.digest === mark.digest ? text : undefined;
  }

  /** Forgets all runs but these. */
  keepOnly(isKept: (runId: string) => boolean): void {
    const entries = Object.entries(this.#memory.sent);
    const kept = entries.filter(([runId]) => isKept(runId));
    if (kept.length < entries.length) this.#memory.sent = Object.fromEntries(kept);
  }
}

/** Two sums of 32 bits over the code units: enough to tell a text from what became of it by editing. */
function markOf(text: string): SentMark {
  let first = 0;
  let second = 1;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at) + 1;
    first = (Math.imul(first, 31) + unit) | 0;
    second = (Math.imul(second, 65_599) + unit) | 0;
  }
  return { length: text.length, digest: `${first},${second}` };
}
