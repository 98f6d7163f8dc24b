import type { ErrorEnvelope } from '#shared/error/envelope.ts';
import { quoted } from '#shared/sql/identifiers.ts';
import type { ExportTarget } from '../exports.svelte.ts';
import type { ObjectPlace } from './catalogCommands.ts';
import type { CommandStores } from './commandStores.ts';
import type { RunCommands } from './runCommands.ts';

type Stores = Pick<CommandStores, 'exports' | 'files' | 'runs'>;

/** Rows to files, and files to COPY. */
export class ExportCommands {
  #stores: Stores;
  #runs: RunCommands;

  constructor(stores: Stores, runs: RunCommands) {
    this.#stores = stores;
    this.#runs = runs;
  }

  /** Asks how and where to. */
  open(target: ExportTarget): void {
    this.#stores.exports.show(target);
  }

  /** All rows of a table or view, which are not shown on their way. */
  openTable({ place, schema, object: { name } }: ObjectPlace): void {
    const text = `select * from ${quoted(schema)}.${quoted(name)}`;
    this.open({ kind: 'statement', ...place, text, name, table: { schema, name } });
  }

  /** Asks for the files that the last run of a tab had none for, and runs its text with them. */
  async giveFiles(tabId: string, error: ErrorEnvelope, signal: AbortSignal): Promise<void> {
    if (error.reason === 'toStdout') return this.saveCopy(tabId, signal);
    const request = this.#stores.runs.requestAgain(tabId);
    if (!request) return;
    const count = Math.max(1, wantingFiles(error.detail));
    const copyFrom: string[] = [];
    while (copyFrom.length < count) {
      const title = `File for COPY FROM STDIN${count > 1 ? ` (${copyFrom.length + 1} of ${count})` : ''}`;
      const path = await this.#stores.files.choose(
        { title, kind: 'data', start: copyFrom.at(-1) ?? '' },
        signal,
      );
      if (path === undefined) return;
      copyFrom.push(path);
    }
    await this.#runs.run({ ...request, copyFrom });
  }

  /** Runs the COPY TO STDOUT of the last run once more, into a file. */
  async saveCopy(tabId: string, signal: AbortSignal): Promise<void> {
    const request = this.#stores.runs.requestAgain(tabId);
    if (!request) return;
    const name = /\bcsv\b/i.test(request.text) ? 'copy.csv' : 'copy.txt';
    const title = 'Save the output of COPY';
    const copyTo = await this.#stores.files.choose(
      { title, kind: 'data', start: '', mode: 'save', name },
      signal,
    );
    if (copyTo !== undefined) await this.#runs.run({ ...request, copyTo });
  }
}

/** How many statements of the text want a file. */
function wantingFiles(detail: ErrorEnvelope['detail']): number {
  const statements = typeof detail === 'object' ? detail.statements : undefined;
  return Array.isArray(statements) ? statements.length : 0;
}
