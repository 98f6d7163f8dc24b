import { isOneCell, rangesOf, selectedLines, type Interval } from '../../components/grid/selection.ts';
import type { ExportTarget } from '../../stores/exports.svelte.ts';
import type { Result } from '../../stores/runsResult.svelte.ts';

/** What of a result can be exported: its rows and columns as they are shown, and what is selected of them. */
export function exportTarget(result: Result, title: string): ExportTarget {
  const { view, arranging } = result;
  const { order, isNatural, selection } = view;
  const arranged = arranging.rows;
  const { rowCount } = result.shown;
  const lines =
    selection && !isOneCell(selection)
      ? selectedLines(rangesOf(selection), { rows: rowCount, columns: order.length })
      : undefined;
  return {
    kind: 'result',
    resultId: result.id,
    ...(arranged ? { arrangementId: arranged.id } : {}),
    rowCount,
    ...(isNatural ? {} : { columns: order }),
    ...(lines && lines.rows.length > 0
      ? {
          selection: {
            rows: lines.rows.map(({ first, last }) => ({ from: first, to: last + 1 })),
            columns: lines.columns.flatMap((each) => positions(each)).flatMap((at) => order[at] ?? []),
          },
        }
      : {}),
    name: fileName(title),
  };
}

const positions = ({ first, last }: Interval): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

/** A tab's title as the name of a file: without an ending of SQL, and without what no system takes in a name. */
const fileName = (title: string): string =>
  title
    .replace(/\.sql$/i, '')
    .replace(/[\\/:*?"<>|\p{Cc}]+/gu, ' ')
    .trim() || 'result';
