import * as z from 'zod';
import { settingsSchema, type SettingName, type Settings } from './settings.ts';

/** Where the dialog shows a setting, in its order. */
export const sections = {
  appearance: 'Appearance',
  editor: 'Editor',
  results: 'Results',
  connections: 'New connections',
  safety: 'Safety',
  persistence: 'What is kept',
} as const;
export type Section = keyof typeof sections;

/** What the window remembers of itself, and keys, which have a list of their own. */
type Unlisted = 'sidebarVisible' | 'sidebarWidth' | 'editorShare' | 'shortcuts';
export type ListedName = Exclude<SettingName, Unlisted>;

interface Words {
  readonly section: Section;
  readonly title: string;
  readonly description: string;
  /** Further words by which it is found. */
  readonly also?: string;
}

/** A choice names each of its values; the rest says what its number counts, or what it is while it is absent. */
type RowOf<Value> = [Value] extends [boolean]
  ? Words
  : [Value] extends [number | undefined]
    ? Words & { readonly unit?: string; readonly absent?: string }
    : string extends NonNullable<Value>
      ? Words & { readonly isFolder?: true; readonly absent?: string }
      : Words & {
          readonly choices: Readonly<Record<NonNullable<Value> & string, string>>;
          readonly absent?: string;
        };

/** The one table of what the user can set: dialog, search and published contract are made from it and the schema. */
export const settingsTable: { readonly [Name in ListedName]: RowOf<Settings[Name]> } = {
  theme: {
    section: 'appearance',
    title: 'Colours',
    description: 'Light or dark, or as the system has it.',
    also: 'theme mode night',
    choices: { system: 'As the system', light: 'Light', dark: 'Dark' },
  },
  sidebarOrder: {
    section: 'appearance',
    title: 'Order of connections',
    description: 'How connections stand in the sidebar within their groups.',
    also: 'sort sidebar',
    choices: { manual: 'By hand', name: 'By name', lastUsed: 'Last used first' },
  },
  editorFontSize: {
    section: 'editor',
    title: 'Font size of the editor',
    description: 'Size of the text in the SQL editor; lines grow with it.',
    also: 'text zoom',
    unit: 'px',
  },
  tabSize: {
    section: 'editor',
    title: 'Tab size',
    description: 'How many columns a tab takes, how far a line is indented, and how Format lays out.',
    also: 'indent width',
    unit: 'columns',
  },
  indentWithTabs: {
    section: 'editor',
    title: 'Indent with tabs',
    description: 'The Tab key and Format write tab characters; else blanks.',
    also: 'spaces whitespace',
  },
  wordWrap: {
    section: 'editor',
    title: 'Wrap long lines',
    description: 'Lines go on beneath instead of beyond the right edge.',
    also: 'word wrap soft',
  },
  lineNumbers: {
    section: 'editor',
    title: 'Line numbers',
    description: 'Shown to the left of the text.',
    also: 'gutter',
  },
  autoCloseBrackets: {
    section: 'editor',
    title: 'Close brackets and quotes',
    description: 'Typing an opening one writes the closing one behind the cursor.',
    also: 'parentheses auto pair',
  },
  autocomplete: {
    section: 'editor',
    title: 'Suggest while typing',
    description: 'Names and keywords come up by themselves. Ctrl+Space asks for them either way.',
    also: 'autocomplete completion intellisense',
  },
  keywordCase: {
    section: 'editor',
    title: 'Keywords',
    description: 'How keywords are written where they are completed or formatted.',
    also: 'upper lower case capital',
    choices: { preserve: 'As they are', upper: 'UPPER CASE', lower: 'lower case' },
  },
  resultFontSize: {
    section: 'results',
    title: 'Font size of results',
    description: 'Size of the values in the grid.',
    also: 'text grid zoom',
    unit: 'px',
  },
  nullText: {
    section: 'results',
    title: 'Text for NULL',
    description: 'What stands, in grey, for a value that is NULL. Copies and exports have their own.',
    also: 'null placeholder',
  },
  goOnAfterErrors: {
    section: 'results',
    title: 'Go on after errors',
    description: 'A script with an error runs to its end. Each tab can differ; this is how a tab begins.',
    also: 'stop on error script',
  },
  defaultTlsMode: {
    section: 'connections',
    title: 'TLS mode',
    description: 'What the form of a new connection begins with.',
    also: 'sslmode ssl encryption',
    absent: 'What suits the host',
    choices: {
      disable: 'disable',
      allow: 'allow',
      prefer: 'prefer',
      require: 'require',
      'verify-ca': 'verify-ca',
      'verify-full': 'verify-full',
    },
  },
  defaultConnectTimeoutSec: {
    section: 'connections',
    title: 'Connect timeout',
    description: 'How long a server may take to answer.',
    also: 'connect_timeout',
    unit: 'seconds',
  },
  defaultStatementTimeoutMs: {
    section: 'connections',
    title: 'Statement timeout',
    description: 'The server ends a statement that takes longer.',
    also: 'statement_timeout limit',
    unit: 'ms',
    absent: 'none',
  },
  defaultKeepaliveIntervalSec: {
    section: 'connections',
    title: 'Keepalive',
    description: 'How often an idle connection sends a sign of life; 0 switches it off.',
    also: 'tcp keepalives',
    unit: 'seconds',
  },
  defaultApplicationName: {
    section: 'connections',
    title: 'Application name',
    description: 'How the server lists this connection, for example in pg_stat_activity.',
    also: 'application_name',
  },
  defaultAutoCommit: {
    section: 'connections',
    title: 'Commit each statement',
    description: 'Else a transaction begins by itself, and is ended by you.',
    also: 'autocommit transaction manual',
  },
  exclusive: {
    section: 'safety',
    title: 'One connection at a time',
    description: 'Going to another connection disconnects the one before it first.',
    also: 'exclusive switch',
  },
  confirmClose: {
    section: 'safety',
    title: 'Ask before closing a tab with text',
    description: 'Else it closes at once, and can be brought back for some seconds.',
    also: 'unsaved confirm',
  },
  defaultProductionReadOnly: {
    section: 'safety',
    title: 'Production begins read-only',
    description: 'What a new connection is set to when you mark it as production.',
    also: 'read only guarded strict',
    choices: {
      off: 'No',
      guarded: 'Guarded: statements that read',
      strict: 'Strict: no function that writes',
    },
  },
  enablePersistence: {
    section: 'persistence',
    title: 'Keep sessions',
    description:
      'What was open and run in a window stays to be found again. When off, nothing more is written; what is there stays until it expires or is deleted.',
    also: 'persistence window restore',
  },
  retentionDays: {
    section: 'persistence',
    title: 'Kept for',
    description: 'Kept sessions and the history older than this are deleted; favourites stay.',
    also: 'retention delete expire',
    unit: 'days',
  },
  persistenceFolder: {
    section: 'persistence',
    title: 'Folder for sessions',
    description: 'New sessions are kept here. It must be a folder that you can write to.',
    also: 'persistence path directory',
    isFolder: true,
    absent: 'In the data folder',
  },
  historyEnabled: {
    section: 'persistence',
    title: 'Keep the history of statements',
    description: 'What is run, with time, duration and outcome; passwords are taken out of it.',
    also: 'query history log',
  },
};

export const listedNames = Object.keys(settingsTable) as ListedName[];

export type SettingKind = 'switch' | 'number' | 'choice' | 'folder' | 'text';

/** A row of the table, as whoever shows any of them needs it. */
export interface SettingRow extends Words {
  readonly name: ListedName;
  readonly kind: SettingKind;
  readonly unit?: string;
  /** What the setting is while it is absent; only where it can be. */
  readonly absent?: string;
  readonly choices?: Readonly<Record<string, string>>;
  readonly range?: { readonly least: number; readonly most: number };
}

export const defaultSettings: Settings = settingsSchema.parse({});

/** A setting with what its schema says of it. */
export function settingRow(name: ListedName): SettingRow {
  const words: Words & { choices?: Record<string, string>; isFolder?: true } = settingsTable[name];
  const { isFolder, ...rest } = words;
  const value = settingsSchema.shape[name].unwrap();
  if (value instanceof z.ZodBoolean) return { ...rest, name, kind: 'switch' };
  if (value instanceof z.ZodEnum) return { ...rest, name, kind: 'choice' };
  if (value instanceof z.ZodNumber)
    return {
      ...rest,
      name,
      kind: 'number',
      range: { least: value.minValue ?? 0, most: value.maxValue ?? Number.MAX_SAFE_INTEGER },
    };
  return { ...rest, name, kind: isFolder ? 'folder' : 'text' };
}
