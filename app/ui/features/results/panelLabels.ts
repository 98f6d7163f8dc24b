import { cutAt } from '../../components/grid/cellText.ts';
import { plainText } from '../../lib/visibleText.ts';
import type { Result } from '../../stores/runsResult.svelte.ts';
import type { PanelId, TabRuns } from '../../stores/runsTab.svelte.ts';
import { rowWords } from './resultWords.ts';
import { statementLabel } from './statementLabel.ts';

/** How a panel is named in the strip above it. */
export interface PanelLabel {
  /** Which statement of its run it is, where there are several. */
  readonly number?: number;
  readonly text: string;
  readonly count?: string;
  readonly pinned?: boolean;
  /** The statement, for the mouse. */
  readonly hint?: string;
  /** What a screen reader says, where the name alone is not enough. */
  readonly spoken?: string;
}

const maxHint = 800;

/** The text of a result's statement; undefined where it is not known any more. */
export function statementText(tab: TabRuns, result: Result): string | undefined {
  const { from, to } = result.statement;
  return tab.runOf(result)?.origin?.text.slice(from, to);
}

export function panelLabel(tab: TabRuns, panel: PanelId): PanelLabel {
  const result = tab.resultOf(panel);
  if (result) return gridLabel(tab, result);
  if (panel === 'error') return { text: 'Error' };
  if (panel === 'outcome') return { text: 'Result' };
  const { run } = tab;
  const messages = (run?.noticeCount ?? 0) + (run?.error ? 1 : 0);
  return { text: 'Messages', ...(messages ? { count: messages.toLocaleString() } : {}) };
}

function gridLabel(tab: TabRuns, result: Result): PanelLabel {
  const run = tab.runOf(result);
  const statement = statementText(tab, result);
  const number = result.statement.index + 1;
  const grids = tab.panels.filter((panel) => panel.startsWith('result:')).length;
  const text =
    tab.nameOf(result) ?? (statement === undefined ? `Result ${number}` : statementLabel(statement));
  const pinned = tab.pinned.has(result.id);
  return {
    text,
    ...((run?.results.length ?? 0) > 1 || number > 1 ? { number } : {}),
    ...(grids > 1 ? { count: result.rowCount.toLocaleString() } : {}),
    ...(statement === undefined ? {} : { hint: plainText(cutAt(statement, maxHint)) }),
    pinned,
    spoken: plainText(`Result ${number}, ${text}, ${rowWords(result.rowCount)}${pinned ? ', pinned' : ''}`),
  };
}
