import type { Backend } from '../postgres/backend.ts';
import { isStopped, readTimeLimit, sendShort } from './limits/timeLimitSetting.ts';

/** Something that a session holds beyond its rows: lost when its backend goes back to the pool. */
export interface StateItem {
  kind: 'setting' | 'role' | 'tempTable' | 'listen' | 'prepared' | 'advisoryLock' | 'cursor';
  name: string;
  value: string;
}

/** The catalog may be locked by somebody; then the backend is kept as it is. */
const readLimitMs = 5_000;

const stateSql = (customNames: string[]): string => `
  select 'setting', name, pg_catalog.current_setting(name)
  from pg_catalog.pg_settings where source operator(pg_catalog.=) 'session'
  union all
  select 'setting', name, value
  from (select name, pg_catalog.current_setting(name, true) as value
        from pg_catalog.unnest(array[${customNames.map(literal).join(', ')}]::pg_catalog.text[]) as name) as custom
  where value operator(pg_catalog.<>) ''
  union all
  select 'role', 'role', pg_catalog.current_setting('role')
  where pg_catalog.current_setting('role') operator(pg_catalog.<>) 'none'
  union all
  select 'role', 'session_authorization', session_user::pg_catalog.text
  from pg_catalog.pg_stat_get_activity(pg_catalog.pg_backend_pid()) as activity
  where activity.usesysid operator(pg_catalog.<>)
    (select oid from pg_catalog.pg_roles where rolname operator(pg_catalog.=) session_user)
  union all
  select 'tempTable', relname::pg_catalog.text, relnamespace::pg_catalog.regnamespace::pg_catalog.text
  from pg_catalog.pg_class
  where pg_catalog.pg_my_temp_schema() operator(pg_catalog.<>) 0::pg_catalog.oid
    and relnamespace operator(pg_catalog.=) pg_catalog.pg_my_temp_schema()
    and relkind operator(pg_catalog.<>) 'i'
  union all
  select 'listen', channel, '' from pg_catalog.pg_listening_channels() as channel
  union all
  select 'prepared', name, '' from pg_catalog.pg_prepared_statements
  union all
  select 'cursor', name, '' from pg_catalog.pg_cursors where is_holdable
  union all
  select 'advisoryLock', objid::pg_catalog.text, classid::pg_catalog.text from pg_catalog.pg_locks
  where locktype operator(pg_catalog.=) 'advisory' and pid operator(pg_catalog.=) pg_catalog.pg_backend_pid()`;

/**
 * What state the session of an idle backend holds, read from the server, for functions and DO blocks set things that no
 * text shows. The one thing that the server does not list are settings with a dot in their names: those are looked up
 * for the names that `customSettingNames` found. Rejects as `Backend.query` does.
 */
export async function readSessionState(backend: Backend, customNames: string[]): Promise<StateItem[]> {
  const sql = stateSql(customNames);
  try {
    return items(await backend.query(sql, readLimitMs));
  } catch (error) {
    if (!isStopped(error)) throw error;
    return readUnhurried(backend, sql);
  }
}

/** The session's own time limit is shorter than the look takes: set aside for it, ours would be seen in its place. */
async function readUnhurried(backend: Backend, sql: string): Promise<StateItem[]> {
  const limit = await readTimeLimit(backend);
  const state = items(await sendShort(backend, `set local statement_timeout to ${readLimitMs}; ${sql}`));
  const others = state.filter((item) => !isTimeLimit(item));
  return limit === undefined
    ? others
    : [...others, { kind: 'setting', name: 'statement_timeout', value: limit }];
}

const items = (rows: (string | null)[][]): StateItem[] =>
  rows.map(([kind, name, value]) => ({
    kind: kind as StateItem['kind'],
    name: name ?? '',
    value: value ?? '',
  }));

export const isTimeLimit = ({ kind, name }: StateItem): boolean =>
  kind === 'setting' && name === 'statement_timeout';

/** What the user's own texts have added to the state that Hawser itself made. */
export function beyond(state: StateItem[], baseline: StateItem[]): StateItem[] {
  const known = new Set(baseline.map((item) => JSON.stringify(item)));
  return state.filter((item) => !known.has(JSON.stringify(item)));
}

/** Is it another state than the one that Hawser itself made when it opened the backend? */
export function differs(state: StateItem[], baseline: StateItem[]): boolean {
  const lines = (items: StateItem[]) => JSON.stringify(items.map((item) => JSON.stringify(item)).sort());
  return lines(state) !== lines(baseline);
}

const dotted = String.raw`([a-z_][\w$]*(?:\.[a-z_][\w$]*)+)`;
const setStatement = new RegExp(String.raw`\bset\s+(?:session\s+)?${dotted}\s*(?:=|to\b)`, 'gi');
const setFunction = new RegExp(String.raw`\bset_config\s*\(\s*'${dotted}'`, 'gi');
/** More than these are not looked up: a tab with so many is none that a person typed. */
const maxCustomNames = 100;

/** Names with a dot that a text may set: `set app.user = ...` and `set_config('app.user', ...)`. Too many do no harm. */
export function customSettingNames(text: string): string[] {
  const found = [...text.matchAll(setStatement), ...text.matchAll(setFunction)].map(([, name = '']) => name);
  return [...new Set(found)].slice(0, maxCustomNames);
}

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
