import { serverOption } from '#shared/connection/formatUri.ts';
import { decode } from './uri.ts';

/** What other programs write into a URI that libpq would refuse: how they work with a connection, not where it leads. */
const ofOthers = new Set(
  (
    'connection_limit pool_timeout pgbouncer socket_timeout statement_cache_size sslaccept sslidentity supa ' +
    'uselibpqcompat pool max_connections min_connections checkout_timeout idle_timeout reaping_frequency ' +
    'prepared_statements encoding prepared_statement_cache_size prepared_statement_name_func async_fallback ' +
    'pool_max_conns pool_min_conns pool_min_idle_conns pool_max_conn_lifetime pool_max_conn_lifetime_jitter ' +
    'pool_max_conn_idle_time pool_health_check_period default_query_exec_mode statement_cache_capacity ' +
    'description_cache_capacity conn_max_age conn_health_checks statement_cache_mode prefer_simple_protocol ' +
    'workaround disable_prepared_binary_result binary_parameters'
  ).split(' '),
);
/** Settings of the server that they take as they are, some by another name. */
const serverSettings = new Map([
  ['schema', 'search_path'],
  ['currentSchema', 'search_path'],
  ['schema_search_path', 'search_path'],
  ['search_path', 'search_path'],
  ['timezone', 'timezone'],
  ['TimeZone', 'timezone'],
  ['statement_timeout', 'statement_timeout'],
  ['lock_timeout', 'lock_timeout'],
  ['idle_in_transaction_session_timeout', 'idle_in_transaction_session_timeout'],
  ['default_transaction_read_only', 'default_transaction_read_only'],
]);

/** The query of a URI as libpq takes it, and the names of what was left out. Throws ConninfoError. */
export function forLibpq(query: string): { query: string; leftOut: string[] } {
  const leftOut: string[] = [];
  const options: string[] = [];
  const kept = query.split('&').filter((part) => {
    const [, name = '', value = ''] = /^([^=]*)=([^=]*)$/.exec(part) ?? [];
    const setting = serverSettings.get(name);
    if (setting !== undefined && value !== '')
      options.push(serverOption(setting, decode(value, `value of ${name}`)));
    else if (ofOthers.has(name)) leftOut.push(name);
    else if (name === 'options') options.unshift(decode(value, 'value of options'));
    else return true;
    return false;
  });
  if (options.length > 0) kept.push(`options=${encodeURIComponent(options.join(' '))}`);
  return { query: kept.join('&'), leftOut };
}
