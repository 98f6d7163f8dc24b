import type { ErrorEnvelope } from '#shared/error/envelope.ts';
import { tabOf, type FormTab } from './fieldPaths.ts';

/** Where in the form something is mended: a tab, and the label of a field in it. */
export interface FixingPlace {
  readonly tab: FormTab;
  readonly label?: string;
  /** Of the hops over SSH, counted from 0. */
  readonly hop?: number;
}

type NamedPlace = FixingPlace & { words: string };

/** Fields that errors are about, by their paths. */
const fields: Record<string, [label: string, words: string]> = {
  host: ['Host', 'the host'],
  port: ['Port', 'the port'],
  database: ['Database', 'the database'],
  username: ['User', 'the user'],
  'options.role': ['Role', 'the role'],
  'options.searchPath': ['Search path', 'the search path'],
  'options.timeZone': ['Time zone', 'the time zone'],
  'options.startupSql': ['Startup SQL', 'the startup SQL'],
  'options.readOnly': ['Read-only by default', 'read-only'],
  'options.statementTimeoutMs': ['Statement timeout', 'the statement timeout'],
  'options.lockTimeoutMs': ['Lock timeout', 'the lock timeout'],
  'options.idleInTransactionTimeoutMs': ['Idle in transaction timeout', 'the idle timeout'],
};

/** The field of an issue, with words for it; undefined where the form has none that is known here. */
export function fieldPlace(path: string): NamedPlace | undefined {
  const [label, words] = fields[path] ?? [];
  return label === undefined || words === undefined
    ? undefined
    : { tab: tabOf(path) ?? 'general', label, words };
}

/** Where what an error is about is set, by the stage in which it came. */
export function fixingPlace({ stage = '', code }: Pick<ErrorEnvelope, 'stage' | 'code'>): NamedPlace {
  if (code === 'STARTUP_PARAMETER') return { tab: 'options', words: 'the options' };
  if (stage === 'tls') return { tab: 'tls', label: 'TLS mode', words: 'the TLS settings' };
  if (stage.startsWith('ssh')) return { tab: 'ssh', words: 'the SSH settings' };
  if (stage === 'database') return { tab: 'general', label: 'Database', words: 'the database' };
  return { tab: 'general', label: 'Host', words: 'host and port' };
}
