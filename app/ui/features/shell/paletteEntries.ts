import type { App } from '../../stores/context.ts';

export interface PaletteEntry {
  id: string;
  group: string;
  title: string;
  keys?: string;
  run: () => void;
}

/** Actions that can be done now, and connections to connect, that hold every word of `text`. */
export function paletteEntries(app: App, text: string): PaletteEntry[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = ({ title, group }: PaletteEntry): boolean => {
    const whole = `${group} ${title}`.toLowerCase();
    return words.every((word) => whole.includes(word));
  };
  return [...actionEntries(app), ...connectionEntries(app)].filter(fits);
}

const actionEntries = ({ actions, workspace }: App): PaletteEntry[] =>
  actions.list
    // Going to a tab by its number is quicker than finding it in a list.
    .filter((action) => actions.isEnabled(action) && action.id !== 'palette' && !/^tab\d$/.test(action.id))
    .map(({ id, group, title, keys, run }) => ({
      id,
      group,
      title,
      keys: keys?.[0],
      run: () => {
        workspace.overlay = undefined;
        run?.();
      },
    }));

const connectionEntries = ({ connections, commands }: App): PaletteEntry[] =>
  connections.list.map(({ config }) => ({
    id: `connection:${config.id}`,
    group: 'Go to',
    title: config.name,
    run: () => void commands.connections.activate(config.id),
  }));
