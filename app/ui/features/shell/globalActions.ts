import type { Action } from '../../stores/actions.svelte.ts';
import type { App } from '../../stores/context.ts';
import { toolTitles, type Tool } from '../../stores/workspace.svelte.ts';
import { focusNextRegion } from './regions.ts';

export interface ShellHooks {
  readonly tools: readonly Tool[];
  toggleResults(): void;
  renameTab(): void;
}

const themes = ['system', 'light', 'dark'] as const;

/**
 * What the shell itself can do. In a plain browser tab the browser keeps Ctrl+T, Ctrl+W and Ctrl+1 to itself, so each
 * has a second key that a page may have; in Hawser's own window both work.
 */
export function globalActions(app: App, hooks: ShellHooks): Action[] {
  return [
    ...windowActions(app, hooks),
    ...settingActions(app),
    ...tabActions(app, hooks),
    ...hooks.tools.map((tool) => toolAction(app, tool)),
    ...connectionActions(app),
    ...definitionActions(app),
  ].map((action) => ({
    ...action,
    global: true,
  }));
}

function windowActions(app: App, hooks: ShellHooks): Action[] {
  const { settings, workspace, commands } = app;
  const group = 'Window';
  return [
    {
      id: 'palette',
      title: 'All actions',
      group,
      keys: ['Mod+K'],
      run: () => (workspace.overlay = 'palette'),
    },
    {
      id: 'quickOpen',
      title: 'Go to a tab, a connection, a table',
      group,
      keys: ['Mod+P'],
      run: () => workspace.quickOpen(),
    },
    {
      id: 'sidebar',
      title: 'Show or hide the sidebar',
      group,
      keys: ['Mod+B'],
      run: () => void commands.settings.update({ sidebarVisible: !settings.value.sidebarVisible }),
    },
    {
      id: 'results',
      title: 'Show or hide the results',
      group,
      keys: ['Mod+J'],
      run: () => hooks.toggleResults(),
    },
    { id: 'nextRegion', title: 'Next region', group, keys: ['F6'], run: () => focusNextRegion(document, 1) },
    {
      id: 'previousRegion',
      title: 'Region before',
      group,
      keys: ['Shift+F6'],
      run: () => focusNextRegion(document, -1),
    },
  ];
}

const toolKeys: Partial<Record<Tool, readonly string[]>> = { history: ['Mod+Shift+H'] };

const toolAction = ({ workspace }: App, tool: Tool): Action => ({
  id: tool,
  title: toolTitles[tool],
  group: 'Window',
  keys: toolKeys[tool] ?? [],
  run: () => workspace.openTool(tool),
});

function settingActions(app: App): Action[] {
  const { workspace } = app;
  const group = 'Window';
  return [
    { id: 'theme', title: 'Switch between system, light and dark', group, run: () => switchTheme(app) },
    {
      id: 'settings',
      title: 'Settings',
      group,
      keys: ['Mod+,'],
      run: () => workspace.openSettings(),
    },
    {
      id: 'shortcuts',
      title: 'Keyboard shortcuts',
      group,
      keys: ['?', 'F1'],
      run: () => (workspace.overlay = 'shortcuts'),
    },
  ];
}

function switchTheme({ settings, commands }: App): void {
  const next = themes[(themes.indexOf(settings.value.theme) + 1) % themes.length];
  void commands.settings.update({ theme: next });
}

function tabActions(app: App, hooks: ShellHooks): Action[] {
  const { documents, workspace, commands } = app;
  const group = 'Tabs';
  const hasTab = () => documents.active !== undefined;
  return [
    {
      id: 'newTab',
      title: 'New query',
      group,
      keys: ['Mod+T', 'Alt+T'],
      run: () => void commands.tabs.open(),
    },
    {
      id: 'closeTab',
      title: 'Close tab',
      group,
      keys: ['Mod+W', 'Alt+W'],
      enabled: () => workspace.view !== 'tabs' || hasTab(),
      run: () => closeInFront(app),
    },
    {
      id: 'reopenTab',
      title: 'Bring back what was just closed or deleted',
      group,
      keys: ['Mod+Shift+T', 'Alt+Shift+T'],
      enabled: () => app.toasts.list.some((toast) => toast.undo),
      run: () => app.toasts.undoLast(),
    },
    {
      id: 'renameTab',
      title: 'Rename tab',
      group,
      enabled: hasTab,
      run: () => hooks.renameTab(),
    },
    ...Array.from({ length: 9 }, (_, index) => ({
      id: `tab${index + 1}`,
      title: `Go to tab ${index + 1}`,
      group,
      keys: [`Mod+${index + 1}`, `Alt+${index + 1}`],
      enabled: () => documents.list.length > index,
      isListed: false,
      run: () => commands.tabs.activateNumber(index + 1),
    })),
  ];
}

function closeInFront({ commands, documents, workspace }: App): void {
  const { view } = workspace;
  if (view === 'form') void commands.connections.closeForm();
  else if (view !== 'tabs') workspace.closeTool(view);
  else if (documents.active) void commands.tabs.close(documents.active.id);
}

function copyActions({ commands, connections, documents }: App): Action[] {
  const active = () => connections.get(documents.activeConnectionId)?.config;
  const copy = (id: string, title: string, run: (id: string) => Promise<void>): Action => ({
    id,
    title,
    group: 'Connections',
    enabled: () => active()?.mode === 'server',
    run: () => {
      const config = active();
      if (config) void run(config.id);
    },
  });
  return [
    copy('copyUri', 'Copy this tab’s connection as URI without password', (id) =>
      commands.connections.copyUri(id),
    ),
    copy('copyPsqlCommand', 'Copy this tab’s connection as psql command', (id) =>
      commands.connections.copyPsqlCommand(id),
    ),
  ];
}

function connectionActions(app: App): Action[] {
  const { commands, connections, documents, link } = app;
  const group = 'Connections';
  const active = () => connections.get(documents.activeConnectionId);
  const run = (action: (id: string) => Promise<void>) => () => {
    const id = active()?.config.id;
    if (id !== undefined) void action(id);
  };
  return [
    {
      id: 'newConnection',
      title: 'New connection',
      group,
      run: () => void commands.connections.create(),
    },
    {
      id: 'pasteConnection',
      title: 'New connection from a URI in the clipboard',
      group,
      run: () => void commands.connections.createFromClipboard(),
    },
    {
      id: 'connect',
      title: 'Connect this tab’s connection',
      group,
      enabled: () => !link.away && (active()?.status === 'disconnected' || active()?.status === 'error'),
      run: run((id) => commands.connections.retry(id)),
    },
    {
      id: 'disconnect',
      title: 'Disconnect this tab’s connection',
      group,
      enabled: () => !link.away && active() !== undefined && active()?.status !== 'disconnected',
      run: run((id) => commands.connections.disconnect(id)),
    },
    {
      id: 'editConnection',
      title: 'Edit this tab’s connection',
      group,
      enabled: () => active() !== undefined,
      run: run((id) => commands.connections.edit(id)),
    },
    ...copyActions(app),
  ];
}

function definitionActions({ commands, link }: App): Action[] {
  const group = 'Connections';
  const enabled = () => !link.away;
  return [
    {
      id: 'importConnections',
      title: 'Import connections',
      group,
      enabled,
      run: () => commands.definitions.openImport(),
    },
    {
      id: 'exportConnections',
      title: 'Export all connections',
      group,
      enabled,
      run: () => void commands.definitions.export(),
    },
  ];
}
