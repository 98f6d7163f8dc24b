import * as z from 'zod';
import { empty, method } from '../contract/define.ts';

/** `lastUsed`: what was connected last stands first. */
export const sidebarOrders = ['manual', 'name', 'lastUsed'] as const;

/** On any system: the sidecar says whether it can be written to. */
const absolutePath = z
  .string()
  .max(4_096)
  .regex(/^(?:\/|[A-Za-z]:[\\/]|\\\\)/, 'A whole path, from the root of the disk')
  .refine((path) => !path.includes('\0'), 'A zero byte cannot be part of this');

/** Flat, and each with a default or optional, so that any older file is read and a patch names what it changes. */
export const settingsSchema = z.strictObject({
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  sidebarVisible: z.boolean().default(true),
  sidebarWidth: z.int().min(180).max(600).default(264),
  sidebarOrder: z.enum(sidebarOrders).default('manual'),
  /** The editor's share of the space above the results. */
  editorShare: z.number().min(0.1).max(0.9).default(0.34),
  /** One connection at a time: a switch disconnects the one it leaves first. */
  exclusive: z.boolean().default(false),
  /** Whether sessions of windows are kept beyond their end, to be found again. */
  enablePersistence: z.boolean().default(true),
  /** How long kept sessions and the history of statements stay. */
  retentionDays: z
    .int('A whole number of days')
    .min(1, 'At least 1 day')
    .max(365, 'At most 365 days')
    .default(30),
  /** Where sessions are kept; absent: `sessions/` in the data folder. */
  persistenceFolder: absolutePath.optional(),
  /** Whether statements that are run are written into the history. */
  historyEnabled: z.boolean().default(true),
});
export type Settings = z.infer<typeof settingsSchema>;
export type SettingName = keyof Settings;

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
  'settings.get': method(empty, z.strictObject({ settings: settingsSchema })),
  'settings.update': method(
    z.strictObject({ patch: settingsPatchSchema }),
    z.strictObject({ settings: settingsSchema }),
  ),
};

export const settingsNotifications = {
  'settings.changed': z.strictObject({ settings: settingsSchema }),
};
