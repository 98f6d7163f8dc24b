import Copy from '@lucide/svelte/icons/copy';
import PanelRight from '@lucide/svelte/icons/panel-right';
import Rows3 from '@lucide/svelte/icons/rows-3';
import type { CopyFormat } from '../../components/grid/copyFormats.ts';
import type { GridControl } from '../../components/grid/gridControl.ts';
import type { GridView } from '../../components/grid/gridView.svelte.ts';
import type { MenuItem } from '../../components/menu.ts';
import { keysLabel } from '../../lib/keys.ts';
import { mac } from '../../lib/platform.ts';
import type { Actions } from '../../stores/actions.svelte.ts';

/** What menus can do beside what the grid itself does. */
export interface GridMenuHooks {
  /** Where the keys of what a menu offers stand. */
  readonly actions: Pick<Actions, 'label'>;
  readonly copy: (format: CopyFormat) => void;
  /** Asks in which form to copy. */
  readonly chooseCopy: () => void;
  readonly view: () => void;
  readonly record: () => void;
  readonly chooseColumns: () => void;
}

const keys = (shortcut: string): string => keysLabel(shortcut, mac);

const copyItems = ({ actions, copy, chooseCopy }: GridMenuHooks): MenuItem[] => [
  { label: 'Copy', icon: Copy, keys: keys('Mod+C'), run: () => copy('text') },
  { label: 'Copy as…', keys: actions.label('copyAs', 'Mod+Shift+C'), run: () => chooseCopy() },
];

/** What can be done with the selected cells, each with the key that does the same. */
export const gridMenu = (control: GridControl, hooks: GridMenuHooks): MenuItem[] => [
  ...copyItems(hooks),
  { label: 'View value', icon: PanelRight, separated: true, keys: 'Enter', run: () => hooks.view() },
  {
    label: 'View record',
    icon: Rows3,
    keys: hooks.actions.label('viewRecord', 'F4'),
    run: () => hooks.record(),
  },
  { label: 'Select row', separated: true, keys: keys('Shift+Space'), run: () => control.selectRow() },
  { label: 'Select column', keys: keys('Mod+Space'), run: () => control.selectColumn() },
  { label: 'Select all', keys: keys('Mod+A'), run: () => control.selectAll() },
];

/** What can be done with a column, or with those selected beside it. */
export function columnMenu(
  position: number,
  { control, view, hooks }: { control: GridControl; view: GridView; hooks: GridMenuHooks },
): MenuItem[] {
  const columns = control.columnsWith(position);
  const count = view.order.length;
  const isFrozen = view.frozen === columns.last + 1;
  return [
    ...copyItems(hooks),
    {
      label: 'Fit to content',
      separated: true,
      keys: keys('Alt+Shift+F'),
      run: () => control.fit(columns),
    },
    { label: 'Fit all columns', run: () => control.fitAll() },
    {
      label: 'Move left',
      separated: true,
      keys: keys('Alt+ArrowLeft'),
      disabled: columns.first === 0,
      run: () => control.moveColumn(position, -1),
    },
    {
      label: 'Move right',
      keys: keys('Alt+ArrowRight'),
      disabled: columns.last === count - 1,
      run: () => control.moveColumn(position, 1),
    },
    {
      label: isFrozen ? 'Freeze no columns' : 'Freeze up to here',
      disabled: !isFrozen && columns.last === count - 1,
      run: () => view.freeze(isFrozen ? 0 : columns.last + 1),
    },
    {
      label: 'Hide',
      keys: keys('Alt+Shift+H'),
      separated: true,
      disabled: columns.last - columns.first + 1 === count,
      run: () => control.hide(columns),
    },
    {
      label: 'All columns…',
      keys: hooks.actions.label('columns', 'Mod+Shift+G'),
      run: () => hooks.chooseColumns(),
    },
    { label: 'Reset the columns', run: () => control.resetColumns() },
  ];
}

const copyLabels: Record<CopyFormat, string> = {
  header: 'With column names',
  text: 'Plain, tab separated',
  csv: 'CSV',
  json: 'JSON',
  insert: 'INSERT',
  markdown: 'Markdown table',
  inList: 'List for IN (…)',
};

/** The forms in which cells can be copied; the first letters choose. */
export const copyMenu = (copy: (format: CopyFormat) => void): MenuItem[] =>
  (Object.keys(copyLabels) as CopyFormat[]).map((format) => ({
    label: copyLabels[format],
    run: () => copy(format),
  }));
