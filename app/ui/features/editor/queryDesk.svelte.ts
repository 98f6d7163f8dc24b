import type { AppError } from '#shared/error/appError.ts';
import { isLive } from '../../stores/connections.svelte.ts';
import type { App } from '../../stores/context.ts';
import type { DocumentTab } from '../../stores/documentTab.svelte.ts';
import { textStart, type Run } from '../../stores/runsRun.svelte.ts';
import { shownDatabase } from '../../stores/shownDatabase.ts';
import { isToldAbove } from '../../stores/toldAbove.ts';
import type { NameSource } from './completion.ts';
import { CodeEditor, type RunPart } from './codeEditor.ts';
import { forgetStates } from './parkedStates.ts';
import { shownErrors } from './shownErrors.ts';
import { statementAt, type StatementRange } from './statementAt.ts';
import { StatementFinder } from './statementFinder.ts';

/** One document's editor and what is run from it. */
export class QueryDesk {
  readonly #app: App;
  readonly #document: () => DocumentTab;
  readonly #finder: StatementFinder;
  #editor: CodeEditor | undefined;
  /** The run whose text was looked for in the document. */
  #marked: string | undefined;
  /** The user wanted to run something and the connection was not there: say what to do. */
  #asked = $state(false);

  constructor(app: App, document: () => DocumentTab) {
    this.#app = app;
    this.#document = document;
    this.#finder = new StatementFinder(app.rpc, () => this.#editor);
  }

  get editor(): CodeEditor | undefined {
    return this.#editor;
  }
  get asked(): boolean {
    return this.#asked && !this.isReady;
  }
  get isToldAbove(): boolean {
    return isToldAbove(this.#app, this.#document().connectionId);
  }
  /** What kept the last thing asked for from being run. */
  get failure(): AppError | undefined {
    const { launch } = this.#app.runs.tab(this.#document().id) ?? {};
    return launch?.kind === 'notRun' ? launch.error : undefined;
  }
  get isReady(): boolean {
    return !this.#app.link.away && isLive(this.#app.connections.get(this.#document().connectionId));
  }

  /** Makes the editor inside `parent`; returns what takes it away again. */
  open(parent: HTMLElement): () => void {
    const { id, text, cursor, scroll } = this.#document();
    const { documents } = this.#app;
    forgetStates((each) => documents.get(each) !== undefined);
    const editor = new CodeEditor(
      parent,
      { id, text, cursor, scroll, preferences: this.#app.settings.value },
      {
        textChanged: (changed) => documents.update(id, { text: changed }),
        placeChanged: (at, top) => documents.update(id, { cursor: at, scroll: top }),
        statementsStale: () => this.#finder.stale(),
        names: namesFor(this.#app, id),
      },
    );
    this.#editor = editor;
    this.#marked = undefined;
    return () => {
      this.#finder.close();
      this.#editor = undefined;
      editor.close();
    };
  }

  /** The selection, or the statement at the cursor. */
  async runCurrent(): Promise<void> {
    const { editor } = this;
    if (!editor?.hasSelection) return this.#runAtCursor((at) => at);
    await this.#runPart(editor.text, editor.selectedPart);
  }

  /** All statements from the beginning to the one at the cursor. */
  runToHere(): Promise<void> {
    return this.#runAtCursor(({ to }) => ({ from: 0, to }));
  }

  /** The statement at the cursor and all behind it. */
  runFromHere(): Promise<void> {
    return this.#runAtCursor(({ from }, text) => ({ from, to: text.length }));
  }

  /** With text and cursor as they are now, whatever is typed or shown while the statement is looked for. */
  async #runAtCursor(rangeOf: (at: StatementRange, text: string) => StatementRange): Promise<void> {
    const { editor } = this;
    if (!editor) return;
    const document = this.#document();
    const { text, cursor } = editor;
    if (!(await this.#mayRun())) return;
    const found = editor.statementsExact
      ? editor.statements
      : await this.#app.runs.prepare(document.id, (signal) => this.#finder.find(text, signal));
    if (!found) return;
    const at = statementAt(found, cursor, text.lastIndexOf('\n', cursor - 1) + 1);
    const range = at && rangeOf(at, text);
    this.#send(document, text, range && { from: range.from, text: text.slice(range.from, range.to) });
  }

  async runAll(): Promise<void> {
    const { text } = this.#editor ?? {};
    if (text !== undefined) await this.#runPart(text, { from: 0, text });
  }

  async format(): Promise<void> {
    const why = await this.#editor?.format();
    if (why !== undefined) this.#app.toasts.show(why);
  }

  cancel(): void {
    void this.#app.runs.cancel(this.#document().id);
  }

  /** Marks the statement that the server works at, and the errors of a run that has ended. */
  show(run: Run | undefined): void {
    const { editor } = this;
    if (!editor) return;
    if (run?.origin && this.#marked !== run.id) editor.takeSent(run.origin);
    this.#marked = run?.id;
    const base = editor.sentRange?.from ?? run?.origin?.from;
    if (!run || base === undefined) return editor.showRunning(undefined);
    const range = run.active ? runningRange(run, base, editor) : undefined;
    // Each statement behind the first has begun when the one before it had ended, which is about now.
    const since = run.results.length <= 1 ? run.startedAt : Date.now();
    editor.showRunning(range && { ...range, since });
    if (!run.active) editor.showErrors({ runId: run.id, errors: shownErrors(run, base) });
  }

  /** Shows a place in the text of the present run. */
  goTo(position: number, run: Run | undefined): void {
    const base = this.#editor?.sentRange?.from ?? run?.origin?.from;
    if (base !== undefined) this.#editor?.goTo(base + position);
  }

  async #runPart(text: string, part: RunPart | undefined): Promise<void> {
    const document = this.#document();
    if (await this.#mayRun()) this.#send(document, text, part);
  }

  /** A connection that is just being made is waited for, which can be cancelled as the run itself. */
  async #mayRun(): Promise<boolean> {
    const { id, connectionId } = this.#document();
    const { connections, runs } = this.#app;
    if (connectionId !== undefined && connections.get(connectionId)?.status === 'connecting') {
      const made = await runs.prepare(id, async (signal) => {
        await connections.untilMade(connectionId, signal);
        return true;
      });
      if (!made) return false;
    }
    this.#asked = !this.isReady;
    if (this.asked && this.isToldAbove)
      this.#app.announcer.say('Not run: there is no connection. Your text is safe.');
    return !this.#asked;
  }

  #send({ id, connectionId, database }: DocumentTab, text: string, part: RunPart | undefined): void {
    if (!part || part.text.trim() === '') return this.#app.announcer.say('There is nothing to run.');
    if (connectionId === undefined) return;
    const { runs, commands } = this.#app;
    // What waits for its turn is marked once it runs.
    if (!runs.isBusy(id)) this.#editor?.sent(part);
    const start = textStart(text, part.from);
    const { limitMs: timeoutMs, goesOn = this.#app.settings.value.goOnAfterErrors } = runs.tab(id) ?? {};
    void commands.runs.run({
      tabId: id,
      connectionId,
      ...(database === undefined ? {} : { database }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(goesOn ? { stopOnError: false } : {}),
      ...part,
      start,
    });
  }
}

/** By the tab's id, for the state of an editor outlives its pane. */
function namesFor({ connections, documents, rpc }: App, id: string): NameSource {
  return {
    ask: (text, position, signal) => {
      const document = documents.get(id);
      if (document?.connectionId === undefined) return undefined;
      const { connectionId } = document;
      const place = { connectionId, database: shownDatabase(document, connections.get(connectionId)) };
      return rpc.call('catalog.complete', { ...place, tabId: id, text, position }, signal);
    },
    isConnected: () => isLive(connections.get(documents.get(id)?.connectionId)),
  };
}

/** What runs now: the statement that has begun to answer, else the one behind the last that has ended. */
function runningRange(run: Run, base: number, editor: CodeEditor): StatementRange | undefined {
  const { current } = run;
  if (current) return { from: base + current.statement.from, to: base + current.statement.to };
  const sent = editor.sentRange;
  const done = run.results.at(-1)?.statement.to;
  if (!sent) return undefined;
  const from = done === undefined ? sent.from : base + done;
  const next = editor.statementFrom(from);
  // A selection may hold a part of a statement only.
  if (next && next.from < sent.to) return { from: next.from, to: Math.min(next.to, sent.to) };
  return done === undefined ? sent : undefined;
}
