import * as z from 'zod';
import { empty, method } from '../contract/define.ts';

/** `lastUsed`: what was connected last stands first. */
export const sidebarOrders = ['manual', 'name', 'lastUsed'] as const;

export const settingsSchema = z.strictObject({
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  sidebarVisible: z.boolean().default(true),
  sidebarWidth: z.int().min(180).max(600).default(264),
  sidebarOrder: z.enum(sidebarOrders).default('manual'),
  /** The editor's share of the space above the results. */
  editorShare: z.number().min(0.1).max(0.9).default(0.34),
  /** One connection at a time: a switch disconnects the one it leaves first. */
  exclusive: z.boolean().default(false),
});
export type Settings = z.infer<typeof settingsSchema>;

export const settingsPatchSchema = z.strictObject({
  theme: settingsSchema.shape.theme.unwrap().optional(),
  sidebarVisible: settingsSchema.shape.sidebarVisible.unwrap().optional(),
  sidebarWidth: settingsSchema.shape.sidebarWidth.unwrap().optional(),
  sidebarOrder: settingsSchema.shape.sidebarOrder.unwrap().optional(),
  editorShare: settingsSchema.shape.editorShare.unwrap().optional(),
  exclusive: settingsSchema.shape.exclusive.unwrap().optional(),
});
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
