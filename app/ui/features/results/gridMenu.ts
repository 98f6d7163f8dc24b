import Copy from '@lucide/svelte/icons/copy';
import PanelRight from '@lucide/svelte/icons/panel-right';
import type { GridMenuCommands } from '../../components/grid/gridControl.ts';
import type { MenuItem } from '../../components/menu.ts';
import { keysLabel } from '../../lib/keys.ts';
import { mac } from '../../lib/platform.ts';

/** What can be done with the selected cells, each with the key that does the same. */
export const gridMenu = (commands: GridMenuCommands): MenuItem[] => [
  { label: 'Copy', icon: Copy, keys: keysLabel('Mod+C', mac), run: () => commands.copy(false) },
  { label: 'Copy with header', keys: keysLabel('Mod+Shift+C', mac), run: () => commands.copy(true) },
  { label: 'View value', icon: PanelRight, keys: 'Enter', run: () => commands.open() },
  {
    label: 'Select row',
    separated: true,
    keys: keysLabel('Shift+Space', mac),
    run: () => commands.selectRow(),
  },
  { label: 'Select column', keys: keysLabel('Mod+Space', mac), run: () => commands.selectColumn() },
  { label: 'Select all', keys: keysLabel('Mod+A', mac), run: () => commands.selectAll() },
  { label: 'Fit column', separated: true, keys: keysLabel('Alt+Shift+F', mac), run: () => commands.fit() },
];
