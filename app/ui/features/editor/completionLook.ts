import type { Completion, CompletionSection } from '@codemirror/autocomplete';
import { EditorView } from '@codemirror/view';
import type { CompletionItem, CompletionKind } from '#shared/catalog/completion.ts';
import type { MethodResult } from '#shared/contract/derive.ts';
import { ago } from '../../lib/times.ts';

/** Read again at each change, so that younger names than this are as good as new. */
const oldAfterMs = 60_000;

const marks: Readonly<Record<CompletionKind, readonly [string, string]>> = {
  keyword: ['', 'keyword'],
  schema: ['S', 'schema'],
  table: ['T', 'table'],
  view: ['V', 'view'],
  function: ['ƒ', 'function'],
  column: ['C', 'column'],
  type: ['τ', 'type'],
  join: ['⋈', 'join'],
  alias: ['A', 'alias'],
  value: ['=', 'value'],
};

function markOf({ type }: Completion): Node {
  const [letter, word] = marks[(type ?? 'keyword') as CompletionKind];
  const mark = document.createElement('span');
  mark.className = `cm-completionMark cm-completionMark-${type}`;
  mark.textContent = letter;
  mark.title = word;
  mark.setAttribute('aria-label', word);
  return mark;
}

/** How an item looks in the list. */
export const completionLook = {
  addToOptions: [{ render: markOf, position: 20 }],
  optionClass: ({ type }: Completion) => `cm-completion-${type}`,
};

/** The first line names it, the others tell what there is to know. */
export function infoOf({ info = '' }: CompletionItem): Node {
  const [first = '', ...others] = info.split('\n');
  const root = document.createElement('div');
  const title = root.appendChild(document.createElement('strong'));
  title.textContent = first;
  for (const line of others) {
    const row = root.appendChild(document.createElement('div'));
    row.textContent = line.trimStart();
    if (line.startsWith('  ')) row.className = 'cm-completionInfo-part';
  }
  return root;
}

/** A line above the list where the names are not those of now; undefined where all is well. */
export function ageHeader(age: Age, isConnected: boolean, now: number): CompletionSection | undefined {
  const name = ageWords(age, isConnected, now);
  if (name === undefined) return undefined;
  return {
    name,
    header: () => {
      const line = document.createElement('div');
      line.className = 'cm-completionAge';
      line.textContent = name;
      return line;
    },
  };
}

type Age = Pick<MethodResult<'catalog.complete'>, 'fetchedAt' | 'stale'>;

export function ageWords({ fetchedAt, stale }: Age, isConnected: boolean, now: number): string | undefined {
  if (fetchedAt === null)
    return isConnected ? 'Keywords only: names not read yet' : 'Not connected: keywords only';
  if (!isConnected) return `Not connected: names of ${ago(fetchedAt, now)}`;
  return stale && now - fetchedAt > oldAfterMs ? `Stale: names of ${ago(fetchedAt, now)}` : undefined;
}

const [left, muted] = ['8px', 'var(--text-muted)'];

export const completionTheme = EditorView.theme({
  '.cm-tooltip.cm-tooltip-autocomplete > ul': {
    minWidth: '280px',
    maxWidth: 'min(640px, 90vw)',
    maxHeight: '242px',
    borderRadius: 'inherit',
    fontFamily: 'var(--font-code)',
    fontSize: '12px',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': {
    display: 'flex',
    gap: left,
    alignItems: 'center',
    padding: '0 10px 0 6px',
    lineHeight: '22px',
    color: 'var(--text)',
  },
  '.cm-tooltip-autocomplete ul li[aria-selected]': {
    backgroundColor: 'var(--accent-soft)',
    color: 'var(--text-strong)',
  },
  '.cm-tooltip-autocomplete-disabled ul li[aria-selected]': { backgroundColor: 'var(--ground-2)' },
  '.cm-completionMark': {
    flex: 'none',
    width: '16px',
    height: '16px',
    borderRadius: '4px',
    backgroundColor: 'var(--ground-2)',
    color: muted,
    font: '600 10px/16px var(--font-ui)',
    textAlign: 'center',
  },
  '.cm-completionMark-keyword': { backgroundColor: 'transparent' },
  '.cm-completionMark-table, .cm-completionMark-view': {
    backgroundColor: 'var(--info-soft)',
    color: 'var(--text-strong)',
  },
  '.cm-completionMark-column': { backgroundColor: 'var(--ok-soft)', color: 'var(--text-strong)' },
  '.cm-completionMark-join, .cm-completionMark-value': {
    backgroundColor: 'var(--accent-soft)',
    color: 'var(--text-strong)',
  },
  '.cm-completionMark-function, .cm-completionMark-type': {
    backgroundColor: 'var(--warning-soft)',
    color: 'var(--text-strong)',
  },
  '.cm-completionLabel': { flex: 'none', maxWidth: '460px', overflow: 'hidden', textOverflow: 'ellipsis' },
  '.cm-completion-keyword .cm-completionLabel': { color: 'var(--accent)', fontWeight: '600' },
  '.cm-completionMatchedText': { color: 'var(--accent)', fontWeight: '600', textDecoration: 'none' },
  '.cm-completion-keyword .cm-completionMatchedText': {
    textDecoration: 'underline',
    textUnderlineOffset: '3px',
  },
  '.cm-completionDetail': {
    flex: '1',
    minWidth: '0',
    marginLeft: left,
    overflow: 'hidden',
    color: muted,
    fontStyle: 'normal',
    textAlign: 'right',
    textOverflow: 'ellipsis',
  },
  '.cm-completionAge': {
    display: 'list-item',
    listStyle: 'none',
    padding: '3px 10px',
    borderBottom: '1px solid var(--border)',
    backgroundColor: 'var(--warning-soft)',
    color: 'var(--text)',
    font: '11px/16px var(--font-ui)',
  },
  '.cm-tooltip.cm-completionInfo': {
    maxWidth: '380px',
    maxHeight: '260px',
    padding: '6px 10px',
    overflow: 'auto',
    color: 'var(--text)',
    font: '12px/18px var(--font-ui)',
    overflowWrap: 'anywhere',
  },
  '.cm-completionInfo strong': { font: '600 12px/18px var(--font-code)', color: 'var(--text-strong)' },
  '.cm-completionInfo-part': { paddingLeft: left, fontFamily: 'var(--font-code)', color: muted },
});
