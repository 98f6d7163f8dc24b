/** What of a keyboard event a shortcut looks at. */
export type KeyPress = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

export const isMac = (platform: string): boolean => /mac|iphone|ipad/i.test(platform);

/**
 * Whether a key press is this shortcut: `Mod+Shift+K`, `Alt+1`, `F6`, `?`. `Mod` is Cmd on a Mac and Ctrl elsewhere.
 * With Alt the physical key counts, for Alt turns letters into others.
 */
export function matches(press: KeyPress, shortcut: string, mac: boolean): boolean {
  const parts = shortcut.split('+');
  const key = parts.pop() ?? '';
  const wants = (name: string) => parts.includes(name);
  const mod = mac ? press.metaKey : press.ctrlKey;
  const other = mac ? press.ctrlKey : press.metaKey;
  if (wants('Mod') !== mod || other || wants('Alt') !== press.altKey) return false;
  // A sign like `?` brings its own Shift, which differs from keyboard to keyboard.
  const isSign = key.length === 1 && !/[a-z0-9]/i.test(key);
  if (!isSign && wants('Shift') !== press.shiftKey) return false;
  return press.altKey ? press.code === codeOf(key) : press.key.toLowerCase() === key.toLowerCase();
}

/** Keys that write or move, unless they come with Ctrl, Cmd or Alt. */
const plainKeys = /^(?:.|Enter|Backspace|Delete|Insert|Home|End|Page\w+|Arrow\w+)$/su;
const neverKeys = /^(?:Escape|Tab| |\+|Dead|Process|Unidentified|AltGraph|Control|Shift|Alt|Meta|CapsLock)$/;

/** The shortcut that a key press is, as actions write it; undefined where it can be none. */
export function shortcutOf(press: KeyPress, mac: boolean): string | undefined {
  const { key, code, altKey, shiftKey } = press;
  const mod = mac ? press.metaKey : press.ctrlKey;
  if (neverKeys.test(key)) return undefined;
  // With Alt the physical key counts, of which only letters and digits are the same on every keyboard.
  const letter = altKey ? /^(?:Key|Digit)(.)$/.exec(code)?.[1] : key.toUpperCase();
  const name = key.length > 1 ? key : letter;
  if (name === undefined) return undefined;
  const isSign = name.length === 1 && !/[A-Z0-9]/.test(name);
  // Alone, a sign is a shortcut where nothing is typed; a letter would be in the way of type-ahead.
  if (!mod && !altKey && !isSign && plainKeys.test(name)) return undefined;
  const parts = [mod && 'Mod', altKey && 'Alt', shiftKey && !isSign && 'Shift', name];
  const shortcut = parts.filter(Boolean).join('+');
  return matches(press, shortcut, mac) ? shortcut : undefined;
}

function codeOf(key: string): string {
  if (/^[a-z]$/i.test(key)) return `Key${key.toUpperCase()}`;
  if (/^\d$/.test(key)) return `Digit${key}`;
  return key;
}

const macNames: Record<string, string> = { Mod: '⌘', Alt: '⌥', Shift: '⇧', Enter: '↩' };
const otherNames: Record<string, string> = { Mod: 'Ctrl' };
const arrows: Record<string, string> = { ArrowUp: '↑', ArrowDown: '↓', ArrowLeft: '←', ArrowRight: '→' };

/** A shortcut as this computer's keyboard names it: `Ctrl+Shift+K`, or on a Mac `⇧⌘K`. */
export function keysLabel(shortcut: string, mac: boolean): string {
  const names = { ...arrows, ...(mac ? macNames : otherNames) };
  return shortcut
    .split('+')
    .map((part) => names[part] ?? part)
    .join(mac ? '' : '+');
}
