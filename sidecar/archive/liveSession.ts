import type { Notification } from '#shared/contract/derive.ts';
import type { Document } from '#shared/documents/document.ts';
import type { LedgerEntry } from '#shared/query/ledger.ts';
import type { KeptEntry, KeptEvent } from '#shared/session/kept.ts';
import type { SessionRecord } from '#shared/session/record.ts';
import { lossAsKept, recordAsKept } from './asKept.ts';
import { LiveRun, type KeepDeps } from './liveRun.ts';
import { LiveTab } from './liveTab.ts';

/** How large the file of a session may become; the oldest of what is closed or was run goes first. */
export const maxSessionBytes = 4 * 1024 ** 2;
const maxEvents = 200;
const maxLedger = 50;
/** A list shows no more than these. */
const maxNames = 8;
const maxNameLength = 100;

/** A run as it was asked for, and the tab that it came from. */
export interface AskedRun {
  text: string;
  document: Document;
}

/** What a session did so far, in memory; `encode` gives it as its file. */
export class LiveSession {
  readonly #id: { sessionId: string; windowId: string; startedAt: number };
  readonly #tabs = new Map<string, LiveTab>();
  readonly #runs = new Map<string, LiveRun>();
  readonly #ledger = new Map<string, LedgerEntry>();
  readonly #journal: KeptEvent[] = [];
  readonly #deps: KeepDeps;

  constructor(id: { sessionId: string; windowId: string; startedAt: number }, deps: KeepDeps) {
    this.#id = id;
    this.#deps = deps;
    this.event({ at: id.startedAt, event: 'began' });
  }

  /** The same session with nothing in it, for what was kept of it is deleted. */
  emptied(): LiveSession {
    return new LiveSession(this.#id, this.#deps);
  }

  /** Nothing was typed or run: there is nothing to be found again. */
  get isEmpty(): boolean {
    return this.#tabs.size === 0;
  }

  event(event: KeptEvent): void {
    this.#journal.push(event);
    if (this.#journal.length > maxEvents) this.#journal.shift();
  }

  /** True where that belongs to this session: a tab that has only been looked at does not. */
  saved(document: Document, before: Document | undefined, at: number): boolean {
    const known = this.#tabs.get(document.id);
    if (known) known.changed(document, at);
    else if (document.text !== (before?.text ?? '')) this.#open(document, at);
    else return false;
    return true;
  }

  closed(document: Document, at: number): boolean {
    const known = this.#tabs.get(document.id);
    if (!known && document.text === '') return false;
    (known ?? this.#open(document, at)).closed(at);
    return true;
  }

  ran(params: Extract<Notification, { method: 'query.runStarted' }>['params'], asked: AskedRun): void {
    const run = new LiveRun(params, asked.text, this.#deps);
    this.#runs.set(params.runId, run);
    (this.#tabs.get(params.tabId) ?? this.#open(asked.document, params.at)).ran(run, params.at);
  }

  /** What is heard of its runs and losses; true where something has changed. */
  heard({ method, params }: Notification, at: number): boolean {
    if (method === 'query.resultStarted') this.#runs.get(params.runId)?.resultStarted(params);
    else if (method === 'query.resultEnded') this.#runs.get(params.runId)?.resultEnded(params);
    else if (method === 'query.runEnded') {
      this.#runs.get(params.runId)?.ended(params, at);
      this.#runs.delete(params.runId);
    } else if (method === 'connection.ledger') this.#lost(params);
    else return false;
    return true;
  }

  /** The file, with what a list needs in its first line. */
  encode(times: { savedAt: number; persistedUntil: number }, record: SessionRecord): string {
    const tabs = this.#fitting();
    const entry: KeptEntry = { ...this.#id, ...times, summary: this.#summary() };
    const head = JSON.stringify({ version: 1, ...entry }).slice(0, -1);
    const { clean, redact } = this.#deps;
    const rest = [
      `"record":${JSON.stringify(recordAsKept(clean(record), redact))}`,
      `"ledger":${JSON.stringify([...this.#ledger.values()])}`,
      `"journal":${JSON.stringify(this.#journal)}`,
      `"tabs":[\n${tabs.join(',\n')}\n]`,
    ];
    return `${head},\n${rest.join(',\n')}}\n`;
  }

  #open(document: Document, at: number): LiveTab {
    const tab = new LiveTab(document, at, this.#deps);
    this.#tabs.set(document.id, tab);
    return tab;
  }

  #lost(entry: LedgerEntry): void {
    this.#ledger.delete(entry.id);
    this.#ledger.set(entry.id, lossAsKept(this.#deps.clean(entry), this.#deps.redact));
    const [oldest] = this.#ledger.keys();
    if (this.#ledger.size > maxLedger && oldest !== undefined) this.#ledger.delete(oldest);
  }

  /** The tabs as JSON; what does not fit into the file is forgotten, and a tab never before its runs. */
  #fitting(): string[] {
    const pieces = [...this.#tabs].flatMap(([id, tab]) => [
      ...tab.runs.map((run) => ({
        isOpen: false,
        at: run.startedAt,
        bytes: Buffer.byteLength(run.encode()),
        drop: () => void (tab.runs = tab.runs.filter((each) => each !== run)),
      })),
      {
        isOpen: !tab.isClosed,
        at: tab.changedAt,
        bytes: Buffer.byteLength(tab.encodeHead()),
        drop: () => void this.#tabs.delete(id),
      },
    ]);
    let bytes = pieces.reduce((sum, piece) => sum + piece.bytes, 0);
    pieces.sort((one, other) => Number(one.isOpen) - Number(other.isOpen) || one.at - other.at);
    for (const piece of pieces) {
      if (bytes <= maxSessionBytes) break;
      piece.drop();
      bytes -= piece.bytes;
    }
    return [...this.#tabs.values()].map(
      (tab) => `${tab.encodeHead()},"runs":[${tab.runs.map((run) => run.encode()).join(',')}]}`,
    );
  }

  #summary(): KeptEntry['summary'] {
    const tabs = [...this.#tabs.values()].sort((one, other) => other.changedAt - one.changedAt);
    const runs = tabs.flatMap((tab) => tab.runs);
    const connections = new Set(runs.map(({ connectionName }) => connectionName));
    return {
      titles: tabs.slice(0, maxNames).map(({ title }) => title.slice(0, maxNameLength)),
      connections: [...connections].slice(0, maxNames).map((name) => name.slice(0, maxNameLength)),
      tabs: tabs.length,
      runs: runs.length,
      failed: runs.filter(({ hasFailed }) => hasFailed).length,
    };
  }
}
