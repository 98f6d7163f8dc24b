import { SvelteMap } from 'svelte/reactivity';
import type { NotificationParams } from '#shared/contract/derive.ts';
import type { AppError } from '#shared/error/appError.ts';
import type { Snapshot } from '#shared/session/snapshot.ts';

/** A transaction that is open (`T`) or has failed (`E`), by the server's own word. */
export interface OpenTransaction {
  readonly status: 'T' | 'E';
  readonly connectionId: string | undefined;
  /** When it began, in Unix milliseconds. */
  readonly sinceAt: number | undefined;
}

/** Of more than that many transactions of a tab the first ones are forgotten. */
const maxBegun = 50;

export type TransactionAction = 'begin' | 'commit' | 'rollback';

/**
 * The transactions of tabs as the sidecar tells them. Which tabs commit by hand is the window's own choice: no
 * notification tells it, and an engine that was restarted is told again.
 */
export class Transactions {
  #open = new SvelteMap<string, OpenTransaction>();
  /** When the last one of each connection ended, in whatever way. */
  #ended = new SvelteMap<string, number>();
  /** When the transactions of each tab began, as far as this window saw them. */
  #begun = new SvelteMap<string, readonly number[]>();
  #choices = new SvelteMap<string, boolean>();
  #pending = new SvelteMap<string, TransactionAction>();
  #failures = new SvelteMap<string, AppError>();
  /** Tabs whose last action is told of by the ledger. */
  #told = new Set<string>();

  of(tabId: string): OpenTransaction | undefined {
    return this.#open.get(tabId);
  }

  /** The tabs that would lose something, were this connection closed. */
  tabsOn(connectionId: string): string[] {
    return [...this.#open].flatMap(([tabId, open]) => (open.connectionId === connectionId ? [tabId] : []));
  }

  /** Those that are open, by what is known before a snapshot, on connections that ended with the engine. */
  endedWith(connectionIds: readonly string[]): (OpenTransaction & { tabId: string })[] {
    return [...this.#open].flatMap(([tabId, open]) =>
      open.connectionId !== undefined && connectionIds.includes(open.connectionId)
        ? [{ tabId, ...open }]
        : [],
    );
  }

  lastEndOn(connectionId: string): number | undefined {
    return this.#ended.get(connectionId);
  }

  /** When the transactions of a tab began, oldest first, as far as this window saw them. */
  begun(tabId: string): readonly number[] {
    return this.#begun.get(tabId) ?? [];
  }

  /** The tab's own choice; undefined where it follows its connection. */
  autoCommit(tabId: string): boolean | undefined {
    return this.#choices.get(tabId);
  }

  /** What was asked for and is not answered yet. */
  pending(tabId: string): TransactionAction | undefined {
    return this.#pending.get(tabId);
  }

  /** Why the last action did not work; until the next one, or until the transaction changes. */
  failure(tabId: string): AppError | undefined {
    return this.#failures.get(tabId);
  }

  /** Takes a snapshot; returns the choices that the sidecar does not know (any more). */
  load({ transactions, tabs = [] }: Pick<Snapshot, 'transactions' | 'tabs'>): [string, boolean][] {
    this.#open.clear();
    for (const { tabId, ...facts } of transactions) this.#take(tabId, facts);
    const known = new Map(tabs.map(({ tabId, autoCommit }) => [tabId, autoCommit]));
    const missing = [...this.#choices].filter(([tabId, choice]) => known.get(tabId) !== choice);
    for (const [tabId, choice] of known) if (!this.#choices.has(tabId)) this.#choices.set(tabId, choice);
    return missing;
  }

  changed({ tabId, ...facts }: NotificationParams<'transaction.changed'>): void {
    // A transaction that is gone with its link leaves it open what became of its COMMIT.
    if (facts.status !== 'I' || this.failure(tabId)?.facts.outcome !== 'unknown')
      this.#failures.delete(tabId);
    if (facts.status === 'I') this.#ended.set(facts.connectionId, Date.now());
    this.#take(tabId, facts);
  }

  choose(tabId: string, autoCommit: boolean | undefined): void {
    if (autoCommit === undefined) this.#choices.delete(tabId);
    else this.#choices.set(tabId, autoCommit);
  }

  asked(tabId: string, action: TransactionAction): void {
    this.#pending.set(tabId, action);
    this.#failures.delete(tabId);
    this.#told.delete(tabId);
  }

  answered(tabId: string, failure?: AppError): void {
    const action = this.#pending.get(tabId);
    this.#pending.delete(tabId);
    if (!failure) return;
    const isLinkLost = failure.toEnvelope().retry === 'auto';
    if (!isLinkLost) this.#failures.set(tabId, failure);
    // What else was lost with a link is told by banner and ledger; until then nobody would say that a COMMIT was on its way.
    else if (action === 'commit' && failure.facts.outcome !== 'none' && !this.#told.has(tabId))
      this.#failures.set(tabId, asUnknown(failure));
  }

  /** The ledger tells what became of the tab's COMMIT. */
  commitTold(tabId: string): void {
    this.#told.add(tabId);
    if (this.failure(tabId)?.facts.outcome === 'unknown') this.#failures.delete(tabId);
  }

  dismissFailure(tabId: string): void {
    this.#failures.delete(tabId);
  }

  /** The tab is closed. */
  forget(tabId: string): void {
    this.#choices.delete(tabId);
    this.#failures.delete(tabId);
    this.#begun.delete(tabId);
  }

  #take(tabId: string, facts: Omit<Snapshot['transactions'][number], 'tabId'>): void {
    const { status, connectionId, sinceAt } = facts;
    if (status === 'I') this.#open.delete(tabId);
    else this.#open.set(tabId, { status, connectionId, sinceAt });
    const begun = this.begun(tabId);
    if (status !== 'I' && sinceAt !== undefined && begun.at(-1) !== sinceAt)
      this.#begun.set(tabId, [...begun, sinceAt].slice(-maxBegun));
  }
}

const asUnknown = (failure: AppError): AppError =>
  failure.facts.outcome === 'unknown'
    ? failure
    : failure.with({ outcome: 'unknown', hint: 'Whether it was committed is not known yet.' });
