import * as z from 'zod';
import { empty, method } from '../contract/define.ts';
import { settingsSchema, type SettingName } from './settings.ts';

type Fields = typeof settingsSchema.shape;
type PatchShape = {
  [Name in SettingName]: z.ZodOptional<z.ZodNullable<ReturnType<Fields[Name]['unwrap']>>>;
};

/** What to change; null takes a setting back to its default. */
export const settingsPatchSchema = z.strictObject(
  Object.fromEntries(
    Object.entries(settingsSchema.shape).map(([name, field]) => [name, field.unwrap().nullable().optional()]),
  ) as PatchShape,
);
export type SettingsPatch = z.infer<typeof settingsPatchSchema>;

export const settingsMethods = {
  /** All settings. */
  'settings.get': method(empty, z.strictObject({ settings: settingsSchema })),
  /** Changes what the patch names, in every window at once; null takes a setting back to its default. FILE_NOT_WRITABLE where a folder cannot be used. */
  'settings.update': method(
    z.strictObject({ patch: settingsPatchSchema }),
    z.strictObject({ settings: settingsSchema }),
  ),
};

export const settingsNotifications = {
  /** The settings as they are now. */
  'settings.changed': z.strictObject({ settings: settingsSchema }),
};
