import type { Rpc } from '../lib/rpc/rpc.ts';
import type { DocumentTab } from './documentTab.svelte.ts';

/** A pause in typing of this length sends the text. */
const debounceMs = 200;
/** A save that takes longer than this is shown as not saved, though it may still arrive. */
const slowMs = 2_000;
/** After a refused save; the link's return retries at once. */
const retryMs = 3_000;

interface Job {
  tab: DocumentTab;
  /** Counts changes, so that a save knows whether it still holds the newest text. */
  version: number;
  savedVersion: number;
  running: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/**
 * Sends changed texts to the sidecar: one save at a time per document, so that an older text never lands after a newer
 * one; again after a failure; again when the link is back.
 */
export class DocumentSaver {
  #jobs = new Map<string, Job>();
  #removals = new Set<string>();
  #rpc: Rpc;

  constructor(rpc: Rpc) {
    this.#rpc = rpc;
  }

  /** Ids whose removal the sidecar has not confirmed yet; a snapshot may still list them. */
  get removals(): ReadonlySet<string> {
    return this.#removals;
  }

  get unsaved(): DocumentTab[] {
    return [...this.#jobs.values()].filter((job) => job.version > job.savedVersion).map((job) => job.tab);
  }

  isUnsaved(id: string): boolean {
    const job = this.#jobs.get(id);
    return job !== undefined && job.version > job.savedVersion;
  }

  changed(tab: DocumentTab, delayMs = debounceMs): void {
    const job = this.#job(tab);
    job.version += 1;
    if (tab.saveState === 'saved') tab.saveState = 'pending';
    this.#schedule(job, delayMs);
  }

  remove(id: string): void {
    const job = this.#jobs.get(id);
    clearTimeout(job?.timer);
    this.#jobs.delete(id);
    this.#removals.add(id);
    // A save of the same document that is under way was sent before; the sidecar answers in order.
    void this.#sendRemoval(id);
  }

  /** Sends everything that waits, now: the page is about to go, or the link is back. */
  flush(): void {
    for (const job of this.#jobs.values()) if (job.version > job.savedVersion) this.#schedule(job, 0);
    for (const id of this.#removals) void this.#sendRemoval(id);
  }

  close(): void {
    for (const job of this.#jobs.values()) clearTimeout(job.timer);
    this.#jobs.clear();
  }

  #job(tab: DocumentTab): Job {
    const known = this.#jobs.get(tab.id);
    if (known) return known;
    const job: Job = { tab, version: 0, savedVersion: 0, running: false, timer: undefined };
    this.#jobs.set(tab.id, job);
    return job;
  }

  #schedule(job: Job, delayMs: number): void {
    clearTimeout(job.timer);
    if (delayMs === 0) void this.#save(job);
    else job.timer = setTimeout(() => void this.#save(job), delayMs);
  }

  async #save(job: Job): Promise<void> {
    // The one under way starts the next itself when it is done.
    if (job.running) return;
    job.running = true;
    const version = job.version;
    const slow = setTimeout(() => (job.tab.saveState = 'unsaved'), slowMs);
    try {
      const document = job.tab.toDocument();
      const { savedAt } = await this.#rpc.call('document.save', { document });
      job.tab.savedAt = savedAt;
      job.tab.savedText = document.text;
      job.savedVersion = version;
      job.tab.saveState = job.version > version ? 'pending' : 'saved';
      job.running = false;
      if (job.version > version) this.#schedule(job, debounceMs);
    } catch {
      job.running = false;
      job.tab.saveState = 'unsaved';
      if (this.#jobs.get(job.tab.id) === job) this.#schedule(job, retryMs);
    } finally {
      clearTimeout(slow);
    }
  }

  async #sendRemoval(id: string): Promise<void> {
    try {
      await this.#rpc.call('document.remove', { id });
      this.#removals.delete(id);
    } catch {
      // Kept in the list: `flush` sends it again when the link is back.
    }
  }
}
