import type { NotificationParams } from '#shared/contract/derive.ts';

/** Rows of a result, or of a statement that is run for the file alone. */
export type ExportTarget =
  | {
      readonly kind: 'result';
      readonly resultId: string;
      /** Undefined: the rows stand as they came. */
      readonly arrangementId?: string;
      readonly rowCount: number;
      /** The columns that are shown, in their order; undefined: all of them. */
      readonly columns?: readonly number[];
      /** What is selected in the grid, where that is more than one cell. */
      readonly selection?: Selected;
      /** What the file may be called. */
      readonly name: string;
    }
  | {
      readonly kind: 'statement';
      readonly connectionId: string;
      readonly database?: string;
      readonly text: string;
      readonly name: string;
      /** The table that INSERT statements name. */
      readonly table?: { readonly schema?: string; readonly name: string };
    };

interface Selected {
  readonly rows: readonly { readonly from: number; readonly to: number }[];
  readonly columns: readonly number[];
}

/** How far an export is. */
export type ExportProgress = Pick<NotificationParams<'export.progress'>, 'rows' | 'bytes' | 'totalRows'>;

/** The export that is asked for, and how far it is. */
export class ExportsStore {
  #target = $state.raw<ExportTarget>();
  #progress = $state.raw<{ id: string; progress: ExportProgress }>();

  get target(): ExportTarget | undefined {
    return this.#target;
  }

  show(target: ExportTarget | undefined): void {
    this.#target = target;
  }

  progressOf(id: string): ExportProgress | undefined {
    return this.#progress?.id === id ? this.#progress.progress : undefined;
  }

  progressed({ exportId, ...progress }: NotificationParams<'export.progress'>): void {
    this.#progress = { id: exportId, progress };
  }
}
