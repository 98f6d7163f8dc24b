import { settingsSchema, type Settings } from '#shared/settings/settings.ts';

/** The settings as they are kept by the sidecar; defaults until the first snapshot. */
export class SettingsStore {
  #value = $state.raw<Settings>(settingsSchema.parse({}));

  get value(): Settings {
    return this.#value;
  }

  load(settings: Settings): void {
    this.#value = settings;
  }
}
