import { untrack } from 'svelte';
import type { Settings } from '#shared/settings/settings.ts';
import { keysLabel } from '../lib/keys.ts';
import { mac } from '../lib/platform.ts';
import { SvelteMap } from 'svelte/reactivity';

/** Something the user can do: shown in the palette and in the shortcut sheet. */
export interface Action {
  id: string;
  title: string;
  /** `Window`, `Tabs`, `Connections`, `Query`, `Results`: the sections of the sheet. */
  group: string;
  /** As written for a person who uses Ctrl; `Mod` is Ctrl or Cmd: `Mod+Enter`, `Alt+T`. The first one is shown. */
  keys?: readonly string[];
  /** Absent: only listed, for example because an editor binds the key itself. */
  run?: () => void;
  enabled?: () => boolean;
  /** False: its key is quicker than finding it in the palette. */
  isListed?: boolean;
  /** True where the shell listens for `keys` everywhere; else whoever registered it does. */
  global?: boolean;
  /** The region (`data-region`) in which `keys` mean this, where not everywhere: the shell listens there. */
  within?: 'editor' | 'results' | 'sidebar';
  /** Whoever registered it listens for its keys by itself. */
  own?: boolean;
}

/** The keys that the user gave to actions, by their ids. */
interface Chosen {
  readonly value: Pick<Settings, 'shortcuts'>;
}

/** The list of all actions. Features register theirs while they are on the screen. */
export class Actions {
  #byId = new SvelteMap<string, Action>();
  readonly #settings: Chosen;

  /** With the keys that they have now. */
  readonly list = $derived.by<readonly Action[]>(() => {
    const chosen = this.#settings.value.shortcuts;
    return [...this.#byId.values()].map((action) => {
      const keys = chosen[action.id];
      return keys ? { ...action, keys } : action;
    });
  });

  constructor(settings: Chosen = { value: { shortcuts: {} } }) {
    this.#settings = settings;
  }

  /** As it was registered, with the keys that it has of itself. */
  get(id: string): Action | undefined {
    return this.#byId.get(id);
  }

  /**
   * Returns what takes it out again; a later action of the same id is left alone. An id that is live already belongs
   * to whoever came first: another owner's action would silently take its keys away, so it is refused and said.
   */
  register(...actions: Action[]): () => void {
    for (const action of actions) {
      // Untracked: who registers in an effect must not be called again by what it writes itself.
      const live = untrack(() => this.#byId.get(action.id));
      // The same feature put on the screen anew may come before its former self has gone: that is no clash.
      if (live && live.title !== action.title)
        reportError(
          new Error(`The action id ${action.id} is that of “${live.title}”, not “${action.title}”`),
        );
      else this.#byId.set(action.id, action);
    }
    return () => {
      for (const action of actions) if (this.#byId.get(action.id) === action) this.#byId.delete(action.id);
    };
  }

  /** The first key of an action, which need not be on the screen; undefined where the user took it away. */
  keyOf(id: string, usual: string | undefined): string | undefined {
    const chosen = this.#settings.value.shortcuts[id];
    return chosen ? chosen[0] : usual;
  }

  /** The same as this computer writes it; empty where there is none. */
  label(id: string, usual: string | undefined): string {
    const key = this.keyOf(id, usual);
    return key === undefined ? '' : keysLabel(key, mac);
  }

  /** A tooltip: the words, and the key behind them. */
  hint(words: string, id: string, usual: string): string {
    const label = this.label(id, usual);
    return label === '' ? words : `${words} (${label})`;
  }

  isEnabled(action: Action): boolean {
    return action.run !== undefined && (action.enabled?.() ?? true);
  }
}
