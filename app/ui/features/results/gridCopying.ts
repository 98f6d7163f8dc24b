import { AppError } from '#shared/error/appError.ts';
import { placeholderTable, type CopyFormat } from '../../components/grid/copyFormats.ts';
import { copySelection, type Copied } from '../../components/grid/gridCopy.ts';
import type { GridSelection } from '../../components/grid/selection.ts';
import type { GridSource } from '../../components/grid/source.ts';
import type { App } from '../../stores/context.ts';
import type { DocumentTab } from '../../stores/documentTab.svelte.ts';
import { writeClipboard } from './clipboard.ts';
import { originTable, type DescribeTable } from './originTable.ts';
import { tableDescriber } from './tableDescriber.ts';
import { countWords, rowWords } from './resultWords.ts';

/** What a copy says of itself; quietly where it only gets on. */
export type Tell = (text: string, quietly?: boolean) => void;

/** A copy that takes longer says how far it is. */
const saidFromMs = 400;

/** The copying of one grid's cells: one at a time, which can be stopped. */
export class GridCopying {
  #tell: Tell;
  #describe: DescribeTable;
  #abort: AbortController | undefined;

  constructor(app: App, tab: () => DocumentTab, tell: Tell) {
    this.#tell = tell;
    this.#describe = tableDescriber(app, tab);
  }

  /** Never rejects: it says what became of it. */
  async copy(source: GridSource, selection: GridSelection, format: CopyFormat): Promise<void> {
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    const from = performance.now();
    const progress = (rows: number, of: number): void => {
      if (rows === of || performance.now() - from < saidFromMs || abort.signal.aborted) return;
      this.#tell(`Copying: ${rows.toLocaleString()} of ${rowWords(of)}. Escape stops it.`, true);
    };
    const copied = this.#text(source, selection, { format, signal: abort.signal, progress });
    try {
      await writeClipboard(copied.then(({ text }) => text));
      this.#tell(copiedWords(await copied, format));
    } catch (error) {
      if (!abort.signal.aborted) this.#tell(`Not copied: ${reason(error)}`);
    } finally {
      if (this.#abort === abort) this.#abort = undefined;
    }
  }

  /** True where something was being copied. */
  stop(): boolean {
    if (!this.#abort) return false;
    this.#abort.abort();
    this.#abort = undefined;
    this.#tell('Nothing was copied: stopped.');
    return true;
  }

  close(): void {
    this.#abort?.abort();
  }

  async #text(
    source: GridSource,
    selection: GridSelection,
    options: Parameters<typeof copySelection>[2],
  ): Promise<Copied> {
    const target =
      options.format === 'insert' ? await originTable(source, selection, this.#describe) : undefined;
    return copySelection(source, selection, { ...options, target });
  }
}

const reason = (error: unknown): string =>
  error instanceof AppError ? error.message : 'this window may not use the clipboard.';

function copiedWords({ text, rows, columns, selected, limited }: Copied, format: CopyFormat): string {
  if (limited)
    return `Copied the first ${rowWords(rows)}: ${selected.toLocaleString()} cells are more than a clipboard should hold. An export takes all.`;
  if (format === 'insert' && text.startsWith(`INSERT INTO ${placeholderTable} `))
    return `Copied ${rowWords(rows)} as INSERT into ${placeholderTable}: put the name of your table there`;
  if (rows === 1 && columns === 1) return 'Copied';
  return `Copied ${rowWords(rows)}, ${countWords(columns, 'column', 'columns')}`;
}
