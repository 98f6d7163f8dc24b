import { isDeepStrictEqual } from 'node:util';
import type { SettingsPatch } from '#shared/settings/methods.ts';
import { settingsSchema, type Settings as Values } from '#shared/settings/settings.ts';
import { Emitter } from '../lib/emitter.ts';
import type { DataFolder } from '../storage/dataFolder.ts';
import { JsonFile } from '../storage/jsonFile.ts';
import { checkFolder } from './folderCheck.ts';

/** A splitter that is dragged changes a setting many times a second; this is how long they are gathered. */
const delayMs = 100;

/** A newer Hawser's settings stay in the file, though this one knows nothing of them. */
const fileSchema = settingsSchema.loose();
const knownSchema = settingsSchema.strip();
type InFile = Values & Record<string, unknown>;

/** What the user has set, in `settings.json`; it acts at once. */
export class Settings {
  readonly events = new Emitter<Values>();
  readonly #file: JsonFile<InFile>;
  #values: Values;

  private constructor(file: JsonFile<InFile>) {
    this.#file = file;
    this.#values = knownSchema.parse(file.read());
  }

  static async open(folder: DataFolder): Promise<Settings> {
    const file = await JsonFile.open<InFile>({
      path: folder.paths.settings,
      schema: fileSchema,
      version: 1,
      forgiving: true,
      initial: fileSchema.parse({}),
      onProblem: folder.problems.reporter('settings.json'),
      delayMs,
    });
    return new Settings(file);
  }

  get(): Values {
    return this.#values;
  }

  /**
   * Changes what the patch names. Resolves with all settings when they are on disk; told to listeners at once. Rejects,
   * with nothing changed, where a folder is named that cannot be written to.
   */
  async update(patch: SettingsPatch): Promise<Values> {
    const { persistenceFolder } = patch;
    if (persistenceFolder && persistenceFolder !== this.get().persistenceFolder)
      await checkFolder(persistenceFolder);
    const changed = new Map<string, unknown>(Object.entries({ ...this.#file.read(), ...patch }));
    for (const [name, value] of Object.entries(patch)) if (value === null) changed.delete(name);
    const next = fileSchema.parse(Object.fromEntries(changed));
    if (isDeepStrictEqual(next, this.#file.read())) return this.#values;
    this.#values = knownSchema.parse(next);
    const written = this.#file.write(next);
    this.events.emit(this.#values);
    const values = this.#values;
    await written;
    return values;
  }

  flush(): Promise<void> {
    return this.#file.flush();
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
