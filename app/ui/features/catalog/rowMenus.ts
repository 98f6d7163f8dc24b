import Code from '@lucide/svelte/icons/code';
import Copy from '@lucide/svelte/icons/copy';
import CopyPlus from '@lucide/svelte/icons/copy-plus';
import Download from '@lucide/svelte/icons/download';
import FileCode from '@lucide/svelte/icons/file-code';
import Hash from '@lucide/svelte/icons/hash';
import Info from '@lucide/svelte/icons/info';
import ListTree from '@lucide/svelte/icons/list-tree';
import Pencil from '@lucide/svelte/icons/pencil';
import Plug from '@lucide/svelte/icons/plug';
import RefreshCw from '@lucide/svelte/icons/refresh-cw';
import SquareTerminal from '@lucide/svelte/icons/square-terminal';
import Table from '@lucide/svelte/icons/table';
import TextCursorInput from '@lucide/svelte/icons/text-cursor-input';
import type { MenuItem } from '../../components/menu.ts';
import { keysLabel } from '../../lib/keys.ts';
import { mac } from '../../lib/platform.ts';
import type { App } from '../../stores/context.ts';
import type { CatalogRow } from './catalogRow.ts';
import { canBeRead, canBeWritten } from './kinds.ts';
import { levelOf } from './levelOf.ts';

/** What can be done with a row of the catalog. */
export function rowMenu(
  app: App,
  row: CatalogRow,
  { showDetails, reveal }: { showDetails: () => void; reveal: (row: CatalogRow) => Promise<void> },
): MenuItem[] {
  const { catalog, connections } = app.commands;
  const { node, connectionId } = row;
  const level = levelOf(app, row);
  if (node.type === 'note')
    return node.note.about === 'offline'
      ? [{ label: 'Connect', icon: Plug, keys: 'Enter', run: () => void connections.retry(connectionId) }]
      : [{ label: 'Try again', icon: RefreshCw, run: () => void level?.refresh() }];
  return [
    ...(node.type === 'hit'
      ? [{ label: 'Show in the tree', icon: ListTree, keys: 'Enter', run: () => void reveal(row) }]
      : []),
    ...((row.readable ?? node.type === 'object') ? objectItems(app, row) : []),
    ...('place' in node && node.type !== 'object' && node.type !== 'hit'
      ? [
          {
            label: 'New query here',
            icon: SquareTerminal,
            run: () => void catalog.openQuery(node.place),
          },
        ]
      : []),
    ...(row.hasDetails
      ? [{ label: 'Details and DDL', icon: Info, keys: 'Space', separated: true, run: showDetails }]
      : []),
    ...nameItems(app, row),
    ...(level
      ? [
          {
            label: 'Refresh',
            icon: RefreshCw,
            keys: 'F5',
            separated: true,
            run: () => void level.refresh(),
          },
        ]
      : []),
  ];
}

function nameItems({ commands: { catalog } }: App, { sqlName }: CatalogRow): MenuItem[] {
  if (sqlName === undefined) return [];
  return [
    {
      label: 'Copy name',
      icon: Copy,
      keys: keysLabel('Mod+C', mac),
      run: () => void catalog.copyName(sqlName),
    },
    { label: 'Insert name into editor', icon: TextCursorInput, run: () => catalog.insert(sqlName) },
  ];
}

function objectItems({ commands: { catalog, exports } }: App, { object: at, node }: CatalogRow): MenuItem[] {
  if (!at) return [];
  const { kind } = at.object;
  const ddl: MenuItem = { label: 'Open DDL in a tab', icon: FileCode, run: () => void catalog.openDdl(at) };
  if (!canBeRead(kind)) return [ddl];
  const generate = (
    label: string,
    icon: MenuItem['icon'],
    what: 'select' | 'insert' | 'update',
  ): MenuItem => ({
    label,
    icon,
    run: () => void catalog.generate(at, what),
  });
  return [
    {
      label: 'Show first rows',
      icon: Table,
      ...(node.type === 'object' ? { keys: 'Enter' } : {}),
      run: () => void catalog.preview(at),
    },
    { label: 'Count rows', icon: Hash, run: () => void catalog.count(at) },
    { label: 'Export data…', icon: Download, run: () => exports.openTable(at) },
    { ...generate('Generate SELECT', Code, 'select'), separated: true },
    ...(canBeWritten(kind)
      ? [generate('Generate INSERT', CopyPlus, 'insert'), generate('Generate UPDATE', Pencil, 'update')]
      : []),
    ddl,
  ];
}
