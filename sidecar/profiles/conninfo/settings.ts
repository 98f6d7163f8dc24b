/** One connection option of libpq, as it was written. */
export interface Setting {
  value: string;
  /** Where it was read, in words for the user. */
  source: string;
  /** It holds a variable or a command that only a shell could have filled in. */
  unexpanded?: boolean;
}

/** libpq's connection options by keyword. */
export type Settings = Map<string, Setting>;

/** Settings, and what the user should know of how they were read. */
export interface ReadSettings {
  settings: Settings;
  warnings: string[];
}

/**
 * Why a text is no connection string, as a sentence. Quotes nothing that could be part of a password: whoever forgets to
 * encode one cuts it in pieces, which then stand where a host, a port or a keyword is looked for.
 */
export class ConninfoError extends Error {
  /** What to do about it. */
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

/** Everything that libpq up to 18 knows; what Hawser cannot do with it is told as a warning. */
const keywords = new Set(
  (
    'service servicefile user password passfile channel_binding connect_timeout dbname host hostaddr port ' +
    'client_encoding options application_name fallback_application_name keepalives keepalives_idle ' +
    'keepalives_interval keepalives_count tcp_user_timeout sslmode requiressl sslnegotiation sslcompression sslcert ' +
    'sslkey sslkeylogfile sslcertmode sslpassword sslrootcert sslcrl sslcrldir sslsni requirepeer require_auth ' +
    'min_protocol_version max_protocol_version ssl_min_protocol_version ssl_max_protocol_version gssencmode ' +
    'krbsrvname gsslib gssdelegation replication target_session_attrs load_balance_hosts scram_client_key ' +
    'scram_server_key oauth_issuer oauth_client_id oauth_client_secret oauth_scope'
  ).split(' '),
);
const secret = new Set([
  'password',
  'sslpassword',
  'scram_client_key',
  'scram_server_key',
  'oauth_client_secret',
]);

export const isKeyword = (name: string): boolean => keywords.has(name);
export const isSecret = (keyword: string): boolean => secret.has(keyword);
/** Once a secret was read, a word that fits nowhere may be the rest of it. */
export const holdsSecret = (settings: Settings): boolean => [...settings.keys()].some(isSecret);

/** A later one goes over an earlier one; `requiressl` is the old way to write `sslmode`, which libpq still takes. */
export function store(settings: Settings, keyword: string, setting: Setting): void {
  if (keyword === 'requiressl')
    settings.set('sslmode', { ...setting, value: setting.value.startsWith('1') ? 'require' : 'prefer' });
  else settings.set(keyword, setting);
}
