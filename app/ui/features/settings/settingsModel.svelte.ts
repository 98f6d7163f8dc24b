import { SvelteMap } from 'svelte/reactivity';
import { fromEnvelope, toEnvelope } from '#shared/error/appError.ts';
import { settingsPatchSchema, type SettingsPatch } from '#shared/settings/methods.ts';
import type { SettingName, Settings } from '#shared/settings/settings.ts';
import {
  defaultSettings,
  listedNames,
  settingRow,
  type ListedName,
  type SettingRow,
} from '#shared/settings/table.ts';
import type { App } from '../../stores/context.ts';

/** What of a setting is wrong, and what was typed: it stays in its field until it is right. */
interface Refused {
  readonly typed: string;
  readonly message: string;
}

interface Undoing {
  readonly words: string;
  readonly patch: SettingsPatch;
}

/** The settings as a dialog changes them: what is right acts at once, what is not stands where it was typed. */
export class SettingsModel {
  readonly #app: App;
  #refused = new SvelteMap<ListedName, Refused>();
  #undoing = $state.raw<Undoing>();
  /** Settings that could not be sent at all, for example because the sidecar was away. */
  #failure = $state<string>();
  #closed = false;

  constructor(app: App) {
    this.#app = app;
  }

  get values(): Settings {
    return this.#app.settings.value;
  }

  get failure(): string | undefined {
    return this.#failure;
  }

  /** What was taken back to its default last, for as long as nothing else was changed. */
  get undoing(): string | undefined {
    return this.#undoing?.words;
  }

  /** The first that is wrong. */
  get wrong(): ListedName | undefined {
    return listedNames.find((name) => this.#refused.has(name));
  }

  errorOf(name: ListedName): string | undefined {
    return this.#refused.get(name)?.message;
  }

  /** What stands in the field of a text, a folder or a number. */
  textOf(name: ListedName): string {
    return this.#refused.get(name)?.typed ?? String(this.values[name] ?? '');
  }

  isChanged(name: SettingName): boolean {
    return JSON.stringify(this.values[name]) !== JSON.stringify(defaultSettings[name]);
  }

  /** Takes what was typed; an empty field is the default. */
  async type({ name, kind }: SettingRow, typed: string): Promise<void> {
    if (typed === this.textOf(name)) return;
    const text = typed.trim();
    const number = /^-?\d+$/.test(text) ? Number(text) : text;
    await this.set(name, text === '' ? null : kind === 'number' ? number : text, typed);
  }

  /** Takes a value as it is to be; null is the default. */
  async set(name: ListedName, value: unknown, typed = String(value)): Promise<void> {
    this.#undoing = undefined;
    this.#failure = undefined;
    const parsed = settingsPatchSchema.safeParse({ [name]: value });
    if (!parsed.success) {
      this.#refuse(name, typed, parsed.error.issues[0]?.message ?? 'Not valid');
      return;
    }
    const message = await this.#send(parsed.data);
    if (message === undefined) this.#refused.delete(name);
    else this.#refuse(name, typed, message);
  }

  /** Takes settings back to their defaults; what they were before can be had again. */
  async reset(names: readonly SettingName[], what: string): Promise<void> {
    const changed = names.filter((name) => this.isChanged(name));
    const before = this.values;
    for (const name of listedNames) if (names.includes(name)) this.#refused.delete(name);
    if (changed.length === 0) return;
    const patch = Object.fromEntries(changed.map((name) => [name, before[name] ?? null]));
    this.#failure = await this.#send(Object.fromEntries(changed.map((name) => [name, null])));
    if (this.#failure !== undefined) return;
    const words = `${what}: back to the default.`;
    this.#undoing = { words, patch };
    this.#app.announcer.say(words);
  }

  async undo(): Promise<void> {
    const undoing = this.#undoing;
    if (!undoing) return;
    this.#undoing = undefined;
    this.#failure = await this.#send(undoing.patch);
    if (this.#failure === undefined) this.#app.announcer.say('As it was before.');
  }

  /** Gives an action keys, and takes them from others that are named. */
  async setKeys(changed: Readonly<Record<string, readonly string[] | null>>): Promise<void> {
    this.#undoing = undefined;
    const shortcuts = new Map(Object.entries(this.values.shortcuts));
    for (const [id, keys] of Object.entries(changed)) {
      if (keys) shortcuts.set(id, [...keys]);
      else shortcuts.delete(id);
    }
    this.#failure = await this.#send({ shortcuts: Object.fromEntries(shortcuts) });
  }

  /** The dialog has gone; what is refused only now has no field any more. */
  close(): void {
    this.#closed = true;
  }

  #refuse(name: ListedName, typed: string, message: string): void {
    if (this.#closed) return this.#app.toasts.show(`${settingRow(name).title}: ${message}`);
    this.#refused.set(name, { typed, message });
    this.#app.announcer.say(message);
  }

  /** Undefined where it is done, else why not. */
  async #send(patch: SettingsPatch): Promise<string | undefined> {
    try {
      await this.#app.rpc.call('settings.update', { patch });
      return undefined;
    } catch (error) {
      return fromEnvelope(toEnvelope(error)).message;
    }
  }
}
