import { settingsSchema, type Settings as Values, type SettingsPatch } from '#shared/settings/settings.ts';
import { Emitter } from '../lib/emitter.ts';
import type { DataFolder } from '../storage/dataFolder.ts';
import { JsonFile } from '../storage/jsonFile.ts';

/** A splitter that is dragged changes a setting many times a second; this is how long they are gathered. */
const delayMs = 100;

/** What the user has set, in `settings.json`; it acts at once. */
export class Settings {
  readonly events = new Emitter<Values>();
  readonly #file: JsonFile<Values>;

  private constructor(file: JsonFile<Values>) {
    this.#file = file;
  }

  static async open(folder: DataFolder): Promise<Settings> {
    const file = await JsonFile.open<Values>({
      path: folder.paths.settings,
      schema: settingsSchema,
      version: 1,
      initial: settingsSchema.parse({}),
      onProblem: folder.problems.reporter('settings.json'),
      delayMs,
    });
    return new Settings(file);
  }

  get(): Values {
    return this.#file.read();
  }

  /** Changes what the patch names. Resolves with all settings when they are on disk; told to listeners at once. */
  async update(patch: SettingsPatch): Promise<Values> {
    const next = settingsSchema.parse({ ...this.get(), ...patch });
    if (isSame(next, this.get())) return next;
    const written = this.#file.write(next);
    this.events.emit(next);
    await written;
    return next;
  }

  flush(): Promise<void> {
    return this.#file.flush();
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

const isSame = (one: Values, other: Values): boolean => JSON.stringify(one) === JSON.stringify(other);
