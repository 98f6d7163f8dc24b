import * as z from 'zod';
import { optionsSchema, readOnlyModes, tlsModes } from '../connection/config.ts';

const connection = optionsSchema.shape;

/** `lastUsed`: what was connected last stands first. */
export const sidebarOrders = ['manual', 'name', 'lastUsed'] as const;

export const keywordCases = ['preserve', 'upper', 'lower'] as const;

/** What is wrong is put into words only where something is: to write a number takes the system's tables of languages. */
const whole = (least: number, most: number) => {
  const error = () => `A whole number from ${least.toLocaleString('en')} to ${most.toLocaleString('en')}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
};

/** On any system: the sidecar says whether it can be written to. */
const absolutePath = z
  .string()
  .max(4_096)
  .regex(/^(?:\/|[A-Za-z]:[\\/]|\\\\)/, 'A whole path, from the root of the disk')
  .refine((path) => !path.includes('\0'), 'A zero byte cannot be part of this');

/** As actions write keys: `Mod+Shift+K`, `Alt+1`, `F6`, `?`. */
const keys = z.string().regex(/^(?:Mod\+)?(?:Alt\+)?(?:Shift\+)?(?:\S|[A-Z]\w{1,15})$/u, 'Not a key');

/** Flat, and each with a default or optional, so that any older file is read and a patch names what it changes. */
export const settingsSchema = z.strictObject({
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  sidebarVisible: z.boolean().default(true),
  sidebarWidth: z.int().min(180).max(600).default(264),
  sidebarOrder: z.enum(sidebarOrders).default('manual'),
  /** The editor's share of the space above the results. */
  editorShare: z.number().min(0.1).max(0.9).default(0.34),

  editorFontSize: whole(10, 24).default(13),
  tabSize: whole(1, 8).default(2),
  indentWithTabs: z.boolean().default(false),
  wordWrap: z.boolean().default(false),
  lineNumbers: z.boolean().default(true),
  autoCloseBrackets: z.boolean().default(true),
  autocomplete: z.boolean().default(true),
  keywordCase: z.enum(keywordCases).default('preserve'),

  resultFontSize: whole(10, 16).default(12),
  nullText: z
    .string()
    .trim()
    .min(1, 'At least one character')
    .max(12, 'At most 12 characters')
    .default('NULL'),
  goOnAfterErrors: z.boolean().default(false),

  /** What the form of a new connection begins with; those that are there are left alone. */
  defaultTlsMode: z.enum(tlsModes).optional(),
  defaultConnectTimeoutSec: connection.connectTimeoutSec.unwrap().default(10),
  defaultStatementTimeoutMs: whole(1, 2_147_483_647).optional(),
  defaultKeepaliveIntervalSec: whole(0, 86_400).default(60),
  defaultApplicationName: connection.applicationName.unwrap().default('Hawser'),
  defaultAutoCommit: z.boolean().default(true),

  /** One connection at a time: a switch disconnects the one it leaves first. */
  exclusive: z.boolean().default(false),
  confirmClose: z.boolean().default(false),
  /** What a new connection is set to where its environment becomes production. */
  defaultProductionReadOnly: z.enum(readOnlyModes).default('off'),

  /** Whether sessions of windows are kept beyond their end, to be found again. */
  enablePersistence: z.boolean().default(true),
  /** How long kept sessions and the history of statements stay. */
  retentionDays: whole(1, 365).default(30),
  /** Where sessions are kept; absent: `sessions/` in the data folder. */
  persistenceFolder: absolutePath.optional(),
  /** Whether statements that are run are written into the history. */
  historyEnabled: z.boolean().default(true),

  /** By the id of an action: the keys that it has in place of its own; none switches them off. */
  shortcuts: z.record(z.string().max(100), z.array(keys).max(4)).default({}),
});
export type Settings = z.infer<typeof settingsSchema>;
export type SettingName = keyof Settings;
