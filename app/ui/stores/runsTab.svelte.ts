import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import type { AppError } from '#shared/error/appError.ts';
import { KeptColumns } from '../components/grid/keptColumns.ts';
import type { Result } from './runsResult.svelte.ts';
import type { Run, RunOrigin, RunRequest } from './runsRun.svelte.ts';

/**
 * What the user asked for and the sidecar has not confirmed: being looked for in the text, not found there, on its way,
 * or refused before anything was sent.
 */
export type Launch =
  | { readonly kind: 'preparing'; readonly abort: AbortController }
  | { readonly kind: 'notRun'; readonly error: AppError }
  | { readonly kind: 'starting'; readonly origin: RunOrigin; readonly abort: AbortController }
  | { readonly kind: 'refused'; readonly origin: RunOrigin; readonly error: AppError };

/** What became of a request that waited for the run before it. */
export type Turn = 'come' | 'takenBack' | 'dropped';

interface Waiting {
  readonly request: RunRequest;
  readonly settle: (turn: Turn) => void;
}

/** `result:<id>` is a grid; `outcome` stands for statements without rows. */
export type PanelId = `result:${string}` | 'outcome' | 'error' | 'messages';

/** The user wants to see a place in the text of the present run: UTF-16 code units from its beginning. */
export interface Jump {
  readonly position: number;
}

/** The runs of one tab: the present one, earlier ones of which results are pinned, and which panel is shown. */
export class TabRuns {
  readonly tabId: string;
  /** What the user made of the columns, for the results of later runs too. */
  readonly kept = new KeptColumns();
  /** Whether what is run next goes on after a statement that fails; undefined: as the settings say. */
  goesOn = $state<boolean>();
  #run = $state.raw<Run>();
  #earlier = $state.raw<readonly Run[]>([]);
  #pinned = new SvelteSet<string>();
  #names = new SvelteMap<string, string>();
  #launch = $state.raw<Launch>();
  #choice = $state<PanelId>();
  readonly #idle: (() => void)[] = [];
  #next = $state.raw<Waiting>();
  #limitMs = $state<number>();
  #jump = $state.raw<Jump>();
  #withdrawn: RunOrigin | undefined;

  readonly panels = $derived<readonly PanelId[]>(this.#panels());
  readonly panel = $derived<PanelId | undefined>(this.#shownPanel());
  /** The grid that is shown. */
  readonly result = $derived(this.panel && this.resultOf(this.panel));
  /** The run that what is shown belongs to. */
  readonly shownRun = $derived(this.result ? this.runOf(this.result) : this.#run);

  constructor(tabId: string) {
    this.tabId = tabId;
  }

  get run(): Run | undefined {
    return this.#run;
  }
  /** Oldest first. */
  get runs(): readonly Run[] {
    return this.#run ? [...this.#earlier, this.#run] : this.#earlier;
  }
  /** Results that stay when the next run begins. */
  get pinned(): ReadonlySet<string> {
    return this.#pinned;
  }
  get launch(): Launch | undefined {
    return this.#launch;
  }
  /** What was sent last, or tried to be. */
  get lastOrigin(): RunOrigin | undefined {
    return this.launchedOrigin ?? this.#run?.origin;
  }
  get launchedOrigin(): RunOrigin | undefined {
    return this.#launch && 'origin' in this.#launch ? this.#launch.origin : undefined;
  }
  /** What was asked for has not begun, and can still be taken back. */
  get starting(): Extract<Launch, { abort: AbortController }> | undefined {
    return this.#launch && 'abort' in this.#launch ? this.#launch : undefined;
  }
  /** What the user took back after it was sent, and before it was known to run. */
  get withdrawn(): RunOrigin | undefined {
    return this.#withdrawn;
  }
  /** Something is under way: asked for, waiting or running. */
  get busy(): boolean {
    return this.starting !== undefined || (this.#run?.active ?? false);
  }
  /** What is run as soon as the present run has ended well. */
  get next(): RunRequest | undefined {
    return this.#next?.request;
  }
  /** The user's own limit for statements of this tab, in milliseconds; 0 is none, undefined the connection's. */
  get limitMs(): number | undefined {
    return this.#limitMs;
  }
  set limitMs(ms: number | undefined) {
    this.#limitMs = ms;
  }
  get cancelling(): boolean {
    return this.#run?.state === 'cancelling';
  }

  /** Taken by the editor, which knows where the text of the run stands now. A new object each time it is asked for. */
  get jump(): Jump | undefined {
    return this.#jump;
  }

  jumpTo(position: number): void {
    this.#jump = { position };
  }

  jumped(): void {
    this.#jump = undefined;
  }

  resultOf(panel: PanelId): Result | undefined {
    if (!panel.startsWith('result:')) return undefined;
    const id = panel.slice('result:'.length);
    return this.runs.map((run) => run.result(id)).find((result) => result !== undefined);
  }

  runOf({ id }: Result): Run | undefined {
    return this.runs.find((run) => run.result(id) !== undefined);
  }

  /** What the user calls a result. */
  nameOf({ id }: Result): string | undefined {
    return this.#names.get(id);
  }

  rename({ id }: Result, name: string): void {
    if (name.trim() === '') this.#names.delete(id);
    else this.#names.set(id, name.trim());
  }

  pin(resultId: string, pinned: boolean): void {
    if (pinned) this.#pinned.add(resultId);
    else this.#pinned.delete(resultId);
  }

  /** Takes results away; the next one comes to the front where the shown one goes. */
  dropResults(ids: ReadonlySet<string>): void {
    const at = this.panels.findIndex((panel) => panel === this.panel);
    const next = [...this.panels.slice(at), ...this.panels.slice(0, at).reverse()].find(
      (panel) => !ids.has(panel.slice('result:'.length)),
    );
    for (const id of ids) this.#pinned.delete(id);
    for (const run of this.runs) run.keepOnly((id) => !ids.has(id));
    this.#earlier = this.#earlier.filter(({ rowResults }) => rowResults.length > 0);
    this.#choice = next;
  }

  chooseNext(step: 1 | -1): void {
    const at = this.panels.findIndex((panel) => panel === this.panel);
    this.#choice = this.panels[(at + step + this.panels.length) % this.panels.length];
  }

  choose(panel: PanelId): void {
    this.#choice = panel;
  }

  /** Waits for the end of the present run; a newer request takes the place of one that waits. */
  /** Resolves once nothing is under way here. */
  untilIdle(): Promise<void> {
    return new Promise((resolve) => {
      if (this.busy) this.#idle.push(resolve);
      else resolve();
    });
  }

  waitForTurn(request: RunRequest): Promise<Turn> {
    this.takeBackNext();
    return new Promise((settle) => (this.#next = { request, settle }));
  }

  takeBackNext(): void {
    this.#settleNext('takenBack');
  }

  /** Once nothing is under way. What the user did not see coming (an error, a cancel, a loss) runs nothing after it. */
  turnOver(): void {
    if (!this.busy) for (const resolve of this.#idle.splice(0)) resolve();
    if (!this.busy) this.#settleNext(this.#run?.state === 'done' && !this.#launch ? 'come' : 'dropped');
  }

  #settleNext(turn: Turn): void {
    const next = this.#next;
    this.#next = undefined;
    next?.settle(turn);
  }

  /** Takes back what has not begun. */
  withdraw(): void {
    this.#withdrawn = this.starting && this.launchedOrigin;
    this.starting?.abort.abort();
  }

  launched(launch: Launch | undefined): void {
    this.#launch = launch;
    if (launch) this.#withdrawn = undefined;
    // A refusal is shown at once, whatever was looked at before.
    if (launch?.kind === 'refused') this.#choice = undefined;
  }

  began(run: Run): void {
    this.#earlier = this.runs.filter((each) => each.keepOnly((id) => this.#pinned.has(id)));
    this.#run = run;
    this.#launch = this.#withdrawn = undefined;
    this.#choice = undefined;
  }

  close(): void {
    this.starting?.abort.abort();
    this.takeBackNext();
    for (const run of this.runs) run.close();
  }

  #panels(): PanelId[] {
    return [...this.#earlier.flatMap(gridsOf), ...this.#presentPanels()];
  }

  #presentPanels(): PanelId[] {
    const run = this.#run;
    const refused = this.#launch?.kind === 'refused';
    const panels = run ? gridsOf(run) : [];
    if (run && panels.length === 0 && !run.active && run.results.length > 0) panels.push('outcome');
    if (refused || run?.error) panels.push('error');
    if (run) panels.push('messages');
    return panels;
  }

  #shownPanel(): PanelId | undefined {
    if (this.#choice && this.panels.includes(this.#choice)) return this.#choice;
    const panels = this.#presentPanels();
    if (panels.includes('error')) return 'error';
    const [first] = panels;
    // Messages come to the front only where there is nothing else to see once it is over.
    return first === 'messages' && (this.#run?.active || this.#run?.noticeCount === 0) ? undefined : first;
  }
}

const gridsOf = (run: Run): PanelId[] => run.rowResults.map(({ id }) => `result:${id}` as const);
