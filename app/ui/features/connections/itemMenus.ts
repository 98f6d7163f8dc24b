import ClipboardPaste from '@lucide/svelte/icons/clipboard-paste';
import Copy from '@lucide/svelte/icons/copy';
import Download from '@lucide/svelte/icons/download';
import FolderInput from '@lucide/svelte/icons/folder-input';
import FolderPlus from '@lucide/svelte/icons/folder-plus';
import Import from '@lucide/svelte/icons/import';
import Info from '@lucide/svelte/icons/info';
import LinkIcon from '@lucide/svelte/icons/link-2';
import Palette from '@lucide/svelte/icons/palette';
import Pencil from '@lucide/svelte/icons/pencil';
import Plug from '@lucide/svelte/icons/plug';
import Plus from '@lucide/svelte/icons/plus';
import RotateCcw from '@lucide/svelte/icons/rotate-ccw';
import Settings from '@lucide/svelte/icons/settings-2';
import SquareTerminal from '@lucide/svelte/icons/square-terminal';
import Terminal from '@lucide/svelte/icons/terminal';
import Trash from '@lucide/svelte/icons/trash-2';
import Unplug from '@lucide/svelte/icons/unplug';
import type { ConnectionConfig } from '#shared/connection/config.ts';
import type { MenuItem } from '../../components/menu.ts';
import type { App } from '../../stores/context.ts';
import { colors } from '../../lib/colors.ts';
import { groupChoices, type ConnectionNode, type GroupNode, type TreeNode } from './treeModel.ts';
import { gatheredInto } from './treeMoves.ts';
import { orderWords, type SidebarOrder } from './treeOrder.ts';
import { countWords } from './treeSelection.ts';

export interface MenuHooks {
  /** Shows other items at the same place. */
  show(items: MenuItem[], label: string): void;
  rename(id: string): void;
  showDetails(): void;
}

export function connectionMenu(app: App, node: ConnectionNode, hooks: MenuHooks): MenuItem[] {
  const { config, status } = node.row;
  const { connections, tabs } = app.commands;
  const idle = status === 'disconnected' || status === 'error';
  return [
    idle
      ? { label: 'Connect', icon: Plug, keys: 'Enter', run: () => void connections.connect(config.id) }
      : { label: 'Disconnect', icon: Unplug, run: () => void connections.disconnect(config.id) },
    { label: 'New query', icon: SquareTerminal, run: () => tabs.open(config.id) },
    { label: 'Details', icon: Info, keys: 'Space', run: () => hooks.showDetails() },
    {
      label: 'Edit…',
      icon: Settings,
      separated: true,
      run: () => void connections.edit(config.id),
    },
    { label: 'Rename', icon: Pencil, keys: 'F2', run: () => hooks.rename(config.id) },
    { label: 'Duplicate', icon: Copy, run: () => void connections.duplicate(config.id) },
    moveItem(app, [node], hooks),
    ...copyItems(app, config),
    ...exportItems(app, [node]),
    ...(config.mode === 'embedded'
      ? [{ label: 'Reset sample data…', icon: RotateCcw, run: () => void connections.resetSample(config) }]
      : []),
    deleteItem('Delete…', () => void connections.remove(config)),
  ];
}

/** The embedded server's place and password change with each start, and are nobody else's. */
const copyItems = ({ commands: { connections } }: App, config: ConnectionConfig): MenuItem[] =>
  config.mode === 'embedded'
    ? []
    : [
        {
          label: 'Copy as URI without password',
          icon: LinkIcon,
          separated: true,
          run: () => void connections.copyUri(config.id),
        },
        {
          label: 'Copy as psql command',
          icon: Terminal,
          run: () => void connections.copyPsqlCommand(config.id),
        },
      ];

/** The connections of these rows, and all within groups of them; the built-in server is of this computer. */
function exportItems(app: App, rows: readonly TreeNode[]): MenuItem[] {
  const chosen = new Set(rows.map((node) => (node.kind === 'group' ? node.group.id : node.row.config.id)));
  const isWithin = (groupId: string | undefined): boolean =>
    groupId !== undefined && (chosen.has(groupId) || isWithin(app.groups.get(groupId)?.parentId));
  const ids = app.connections.list
    .filter(({ config }) => config.mode === 'server' && (chosen.has(config.id) || isWithin(config.groupId)))
    .map(({ config }) => config.id);
  const label = ids.length > 1 ? `Export ${ids.length} connections` : 'Export to a file';
  return ids.length === 0
    ? []
    : [{ label, icon: Download, run: () => void app.commands.definitions.export(ids) }];
}

export function groupMenu(app: App, node: GroupNode, hooks: MenuHooks): MenuItem[] {
  const { group } = node;
  const { connections, groups } = app.commands;
  return [
    { label: 'New connection here', icon: Plus, run: () => void connections.create(group.id) },
    { label: 'New group inside', icon: FolderPlus, run: () => void createGroup(app, hooks, group.id) },
    { label: 'Rename', icon: Pencil, keys: 'F2', separated: true, run: () => hooks.rename(group.id) },
    {
      label: 'Colour…',
      icon: Palette,
      run: () =>
        hooks.show(
          [{ value: undefined, name: 'None' }, ...colors].map(({ value, name }) => ({
            label: name,
            color: value ?? 'transparent',
            checked: group.color === value,
            run: () => void groups.setColor(group, value),
          })),
          'Colour of the group',
        ),
    },
    moveItem(app, [node], hooks),
    ...exportItems(app, [node]),
    deleteItem('Delete…', () => void groups.remove(group)),
  ];
}

/** For several rows at once; `top` are those of them that do not go along with a group. */
export function manyMenu(
  app: App,
  rows: readonly TreeNode[],
  top: readonly TreeNode[],
  hooks: MenuHooks,
): MenuItem[] {
  const { connections } = app.commands;
  const live = rows.flatMap((node) => (node.kind === 'connection' ? [node.row] : []));
  const [idle, busy] = [true, false].map((wanted) =>
    live.filter(({ status }) => (status === 'disconnected' || status === 'error') === wanted),
  ) as [typeof live, typeof live];
  const ids = (found: typeof live) => found.map(({ config }) => config.id);
  return [
    {
      label: idle.length === 0 ? 'Connect' : `Connect ${idle.length}`,
      icon: Plug,
      // With one connection at a time each would end the one before.
      disabled: idle.length === 0 || app.settings.value.exclusive,
      run: () => void connections.connectAll(ids(idle)),
    },
    {
      label: busy.length === 0 ? 'Disconnect' : `Disconnect ${busy.length}`,
      icon: Unplug,
      disabled: busy.length === 0,
      run: () => void connections.disconnect(...ids(busy)),
    },
    { ...moveItem(app, top, hooks), separated: true },
    ...exportItems(app, rows),
    deleteItem(`Delete ${countWords(rows)}…`, () => deleteRows(app, rows)),
  ];
}

/** Asks, and deletes what is chosen. */
export function deleteRows({ commands }: App, rows: readonly TreeNode[]): void {
  const [first, second] = rows;
  if (!first) return;
  if (second)
    void commands.sidebar.remove({
      connections: rows.flatMap((node) => (node.kind === 'connection' ? [node.row.config] : [])),
      groups: rows.flatMap((node) => (node.kind === 'group' ? [node.group] : [])),
    });
  else if (first.kind === 'group') void commands.groups.remove(first.group);
  else void commands.connections.remove(first.row.config);
}

const deleteItem = (label: string, run: () => void): MenuItem => ({
  label,
  icon: Trash,
  keys: 'Del',
  danger: true,
  separated: true,
  run,
});

export const orderMenu = ({ commands, settings }: App): MenuItem[] =>
  (Object.keys(orderWords) as SidebarOrder[]).map((order) => ({
    label: orderWords[order],
    checked: settings.value.sidebarOrder === order,
    run: () => void commands.settings.update({ sidebarOrder: order }),
  }));

/** What the plus at the top offers. */
export const newMenu = (app: App, hooks: MenuHooks): MenuItem[] => [
  { label: 'New connection', icon: Plug, run: () => void app.commands.connections.create() },
  {
    label: 'Paste a URI',
    icon: ClipboardPaste,
    run: () => void app.commands.connections.createFromClipboard(),
  },
  { label: 'New group', icon: FolderPlus, run: () => void createGroup(app, hooks, undefined) },
  {
    label: 'Import connections…',
    icon: Import,
    separated: true,
    run: () => app.commands.definitions.openImport(),
  },
  { label: 'Export all connections', icon: Download, run: () => void app.commands.definitions.export() },
];

async function createGroup(app: App, hooks: MenuHooks, parentId: string | undefined): Promise<void> {
  const parent = app.groups.get(parentId);
  if (parent) await app.commands.groups.setExpanded(parent, true);
  const id = await app.commands.groups.create('New group', parentId);
  if (id !== undefined) hooks.rename(id);
}

/** Leads to the list of groups that the rows can go to. */
function moveItem(app: App, rows: readonly TreeNode[], hooks: MenuHooks): MenuItem {
  const moved = new Set(rows.map(({ id }) => id));
  const present = new Set(
    rows.map((node) => (node.kind === 'group' ? node.group.parentId : node.row.config.groupId)),
  );
  const item = (label: string, level: number, id: string | undefined): MenuItem => ({
    label,
    level,
    disabled: present.size === 1 && present.has(id),
    run: () => void moveTo(app, rows, label, id),
  });
  const items = () => [
    item('Top level', 0, undefined),
    ...groupChoices(app.groups.list, moved).map(({ group, level }) => item(group.name, level + 1, group.id)),
  ];
  return { label: 'Move to group…', icon: FolderInput, run: () => hooks.show(items(), 'Move to group') };
}

async function moveTo(
  { commands, announcer }: App,
  rows: readonly TreeNode[],
  target: string,
  id: string | undefined,
): Promise<void> {
  const words = rows.length === 1 ? (rows[0]?.name ?? '') : countWords(rows);
  if (await commands.groups.gather(gatheredInto(rows, id))) announcer.say(`${words} moved to ${target}`);
}
