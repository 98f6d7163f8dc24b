import Copy from '@lucide/svelte/icons/copy';
import FolderInput from '@lucide/svelte/icons/folder-input';
import FolderPlus from '@lucide/svelte/icons/folder-plus';
import LinkIcon from '@lucide/svelte/icons/link-2';
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
import { groupChoices, type ConnectionNode, type GroupNode } from './treeModel.ts';

export interface MenuHooks {
  /** Shows other items at the same place. */
  show(items: MenuItem[], label: string): void;
  rename(id: string): void;
}

export function connectionMenu(
  app: App,
  { row: { config, status } }: ConnectionNode,
  hooks: MenuHooks,
): MenuItem[] {
  const { connections, tabs } = app.commands;
  const idle = status === 'disconnected' || status === 'error';
  return [
    idle
      ? { label: 'Connect', icon: Plug, keys: 'Enter', run: () => void connections.connect(config.id) }
      : { label: 'Disconnect', icon: Unplug, run: () => void connections.disconnect(config.id) },
    { label: 'New query', icon: SquareTerminal, run: () => tabs.open(config.id) },
    {
      label: 'Edit…',
      icon: Settings,
      separated: true,
      run: () => void connections.edit(config.id),
    },
    { label: 'Rename', icon: Pencil, keys: 'F2', run: () => hooks.rename(config.id) },
    { label: 'Duplicate', icon: Copy, run: () => void connections.duplicate(config.id) },
    {
      label: 'Move to group…',
      icon: FolderInput,
      run: () =>
        hooks.show(
          groupItems(app, config.groupId, (groupId) => void connections.move(config.id, groupId, end)),
          'Move to group',
        ),
    },
    ...copyItems(app, config),
    ...(config.mode === 'embedded'
      ? [{ label: 'Reset sample data…', icon: RotateCcw, run: () => void connections.resetSample(config) }]
      : []),
    {
      label: 'Delete…',
      icon: Trash,
      danger: true,
      separated: true,
      run: () => void connections.remove(config),
    },
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

export function groupMenu(app: App, { group }: GroupNode, hooks: MenuHooks): MenuItem[] {
  const { connections, groups } = app.commands;
  return [
    { label: 'New connection here', icon: Plus, run: () => void connections.create(group.id) },
    { label: 'New group inside', icon: FolderPlus, run: () => void createGroup(app, hooks, group.id) },
    { label: 'Rename', icon: Pencil, keys: 'F2', separated: true, run: () => hooks.rename(group.id) },
    {
      label: 'Move to group…',
      icon: FolderInput,
      run: () =>
        hooks.show(
          groupItems(app, group.parentId, (parentId) => void groups.move(group.id, parentId, end), group.id),
          'Move to group',
        ),
    },
    {
      label: 'Delete…',
      icon: Trash,
      danger: true,
      separated: true,
      run: () => void groups.remove(group),
    },
  ];
}

/** What the plus at the top offers. */
export const newMenu = (app: App, hooks: MenuHooks): MenuItem[] => [
  { label: 'New connection', icon: Plug, run: () => void app.commands.connections.create() },
  { label: 'New group', icon: FolderPlus, run: () => void createGroup(app, hooks, undefined) },
];

async function createGroup(app: App, hooks: MenuHooks, parentId: string | undefined): Promise<void> {
  const parent = app.groups.get(parentId);
  if (parent) await app.commands.groups.setExpanded(parent, true);
  const id = await app.commands.groups.create('New group', parentId);
  if (id !== undefined) hooks.rename(id);
}

/** Further than any list is long: the sidecar takes it as the end. */
const end = 100_000;

const groupItems = (
  app: App,
  present: string | undefined,
  choose: (groupId: string | undefined) => void,
  except?: string,
): MenuItem[] => [
  { label: 'Top level', disabled: present === undefined, run: () => choose(undefined) },
  ...groupChoices(app.groups.list, except).map(({ group, level }) => ({
    label: group.name,
    level: level + 1,
    disabled: group.id === present,
    run: () => choose(group.id),
  })),
];
