import type { MethodInput } from '#shared/contract/derive.ts';
import { fromEnvelope, toEnvelope, type AppError } from '#shared/error/appError.ts';
import type { ExportFormat, SaveTo } from '#shared/query/exporting.ts';
import type { App } from '../../stores/context.ts';
import type { ExportProgress, ExportTarget } from '../../stores/exports.svelte.ts';
import { delimiterOf, endings, formatName, writtenWords } from './exportWords.ts';

const previewRows = 8;
const previewMs = 10_000;

/** The choices stay from one export to the next, as long as the page lives. */
const last = { format: 'csv' as ExportFormat };

/** What the dialog asks, and the export that it starts. */
export class ExportState {
  readonly target: ExportTarget;
  format = $state<ExportFormat>(last.format);
  header = $state(true);
  delimiter = $state(',');
  nullText = $state('');
  windowsLines = $state(false);
  formulaGuard = $state(false);
  table = $state('');
  rows = $state<'all' | 'selection'>('all');
  /** The first lines as they would be written. */
  preview = $state<string>();
  error = $state.raw<AppError>();
  #id = $state<string>();
  #choosing = $state(false);
  #abort = new AbortController();
  readonly #app: App;

  constructor(app: App, target: ExportTarget) {
    this.#app = app;
    this.target = target;
    this.table = target.kind === 'statement' ? (target.table?.name ?? target.name) : target.name;
  }

  readonly isDelimited = $derived(this.format === 'csv' || this.format === 'tsv');
  readonly busy = $derived(this.#id !== undefined || this.#choosing);
  readonly running = $derived(this.#id !== undefined);

  /** Undefined before the first rows are written. */
  get progress(): ExportProgress | undefined {
    const id = this.#id;
    if (id === undefined) return undefined;
    const known = this.#app.exports.progressOf(id);
    if (known) return known;
    const rows = this.#app.runs.tab(id)?.run?.savedRows;
    return rows === undefined ? undefined : { rows, bytes: 0, totalRows: 0 };
  }

  get options(): NonNullable<SaveTo['options']> {
    const schema = this.target.kind === 'statement' ? this.target.table?.schema : undefined;
    return {
      header: this.header,
      ...(this.format === 'csv' ? { delimiter: delimiterOf(this.delimiter) } : {}),
      nullText: this.nullText,
      lineEnd: this.windowsLines ? '\r\n' : '\n',
      formulaGuard: this.formulaGuard,
      table: { ...(schema === undefined ? {} : { schema }), name: this.table.trim() || 'exported_rows' },
    };
  }

  /** Asks for the first lines anew; what was asked before does not matter any more. */
  async look(signal: AbortSignal): Promise<void> {
    const params = this.#ofResult();
    if (!params) return;
    try {
      const limited = AbortSignal.any([signal, AbortSignal.timeout(previewMs)]);
      const call = { ...params, limit: previewRows };
      const { text } = await this.#app.rpc.call('query.exportPreview', call, limited);
      if (!signal.aborted) this.preview = text;
    } catch (error) {
      if (!signal.aborted) this.preview = asAppError(error).message;
    }
  }

  /** Asks for the file and writes it; true once it is there. */
  async start(): Promise<boolean> {
    if (this.busy) return false;
    const path = await this.#choose();
    if (path === undefined) return false;
    this.error = undefined;
    this.#id = `export-${crypto.randomUUID()}`;
    try {
      const words = await this.#write(this.#id, path);
      if (words === undefined) return false;
      this.#app.toasts.show(words);
      this.#app.announcer.say(words);
      return true;
    } catch (error) {
      const failure = asAppError(error);
      if (failure.code !== 'CANCELLED') this.error = failure;
      else this.#app.announcer.say('The export was cancelled. No file was written.');
      return false;
    } finally {
      this.#id = undefined;
    }
  }

  /** What was in the place of the file stays. */
  cancel(): void {
    const id = this.#id;
    this.#abort.abort();
    this.#abort = new AbortController();
    if (id !== undefined && this.target.kind === 'statement') void this.#app.runs.cancel(id);
  }

  async #choose(): Promise<string | undefined> {
    this.#choosing = true;
    try {
      const path = await this.#app.files.choose(
        {
          title: `Export as ${formatName(this.format)}`,
          kind: 'data',
          start: '',
          mode: 'save',
          name: `${this.target.name}.${endings[this.format]}`,
        },
        this.#abort.signal,
      );
      last.format = this.format;
      return path;
    } catch (error) {
      this.error = asAppError(error);
      return undefined;
    } finally {
      this.#choosing = false;
    }
  }

  async #write(id: string, path: string): Promise<string | undefined> {
    const params = this.#ofResult();
    if (!params) return this.#run(id, path);
    const call = { ...params, path, exportId: id };
    const { rows, warnings } = await this.#app.rpc.call('query.export', call, this.#abort.signal);
    return writtenWords(path, rows, warnings);
  }

  /** A statement goes through a tab of its own, with all that keeps a run safe. */
  async #run(tabId: string, path: string): Promise<string | undefined> {
    if (this.target.kind !== 'statement') return undefined;
    const { connectionId, database, text } = this.target;
    const { commands, runs } = this.#app;
    const place = { connectionId, database, from: 0, start: { line: 1, column: 1 } };
    const saveTo = { path, format: this.format, options: this.options };
    try {
      await commands.runs.run({ tabId, ...place, text, saveTo });
      const run = await runs.endOf(tabId);
      if (run?.error) throw fromEnvelope(run.error);
      const saved = run?.results[0]?.saved;
      return saved && writtenWords(saved.path, run.results[0]?.rowCount ?? 0, saved.warnings ?? []);
    } finally {
      runs.closeTab(tabId);
    }
  }

  #ofResult(): Omit<MethodInput<'query.exportPreview'>, 'limit'> | undefined {
    const { target } = this;
    if (target.kind !== 'result') return undefined;
    const selection = this.rows === 'selection' ? target.selection : undefined;
    const columns = selection?.columns ?? target.columns;
    return {
      resultId: target.resultId,
      ...(target.arrangementId === undefined ? {} : { arrangementId: target.arrangementId }),
      format: this.format,
      options: this.options,
      ...(columns ? { columns: [...columns] } : {}),
      ...(selection ? { rows: selection.rows.map((range) => ({ ...range })) } : {}),
    };
  }
}

const asAppError = (error: unknown): AppError => fromEnvelope(toEnvelope(error));
