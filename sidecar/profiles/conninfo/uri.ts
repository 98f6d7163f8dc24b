import { ConninfoError, holdsSecret, isKeyword, store, type Settings } from './settings.ts';

const schemes = ['postgresql://', 'postgres://'];

export const isUri = (text: string): boolean => schemes.some((scheme) => text.startsWith(scheme));

/**
 * Reads a connection URI as libpq does: every part may be percent-encoded, a plus is a plus, and several hosts stand side by
 * side, each with its own port. Throws ConninfoError.
 */
export function parseUri(text: string): Settings {
  const scheme = schemes.find((each) => text.startsWith(each)) ?? '';
  const settings: Settings = new Map();
  const set = (keyword: string, part: string, value = '') => {
    if (value !== '') settings.set(keyword, { value: decode(value, part), source: 'the URI' });
  };
  // The user ends at the first “@” before any slash, as libpq has it: one within a password must be written %40.
  const [, userinfo = '', rest = ''] = /^(?:([^@/]*)@)?([^]*)$/.exec(text.slice(scheme.length)) ?? [];
  const [user, password] = cutAt(userinfo, ':');
  set('user', 'user', user);
  set('password', 'password', password);
  const [beforeQuery, query] = cutAt(rest, '?');
  const [authority, dbname] = cutAt(beforeQuery, '/');
  const hosts = parseHosts(authority);
  set('host', 'host', hosts.map(({ host }) => host).join(','));
  set('port', 'port', hosts.map(({ port }) => port).join(','));
  set('dbname', 'database', dbname);
  if (query) for (const part of query.replace(/&$/, '').split('&')) parameter(part, settings);
  return settings;
}

export function parseHosts(text: string): { host: string; port: string }[] {
  return text.split(',').map((part) => {
    if (!part.startsWith('[')) {
      const [host, port = ''] = cutAt(part, ':');
      return { host, port };
    }
    const end = part.indexOf(']');
    if (end < 0) throw new ConninfoError('An IPv6 address in a URI ends with “]”.');
    if (end === 1) throw new ConninfoError('There is no address between “[” and “]”.');
    const rest = part.slice(end + 1);
    if (rest !== '' && !rest.startsWith(':'))
      throw new ConninfoError('Behind the “]” of an IPv6 address only a port can follow.');
    return { host: part.slice(1, end), port: rest.slice(1) };
  });
}

function parameter(part: string, settings: Settings): void {
  const [name = '', value, ...more] = part.split('=');
  const keyword = decode(name, 'name of a parameter');
  // A name that nobody knows may be a piece of a password: it is not quoted.
  const says = (what: string): ConninfoError =>
    isKeyword(keyword) && !holdsSecret(settings)
      ? new ConninfoError(`The parameter “${keyword}” ${what}.`)
      : new ConninfoError(
          `A parameter of the URI ${what}.`,
          'In a password “&” is written %26, “=” is written %3D and “?” is written %3F.',
        );
  if (value === undefined) throw says('has no value');
  if (more.length > 0) throw says('has more than one “=”');
  // JDBC's way of asking for TLS, which libpq takes too.
  const isSsl = keyword === 'ssl' && value === 'true';
  if (!isSsl && !isKeyword(keyword)) throw says('is none that libpq knows');
  const setting = { value: isSsl ? 'require' : decode(value, `value of ${keyword}`), source: 'the URI' };
  store(settings, isSsl ? 'sslmode' : keyword, setting);
}

/** What stands before and behind the first `mark`. */
export function cutAt(text: string, mark: string): [string, string | undefined] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + mark.length)];
}

/** `part` is what the text is, for the message: the text itself may be a secret. */
export function decode(text: string, part: string): string {
  const isWhole = !/%(?![0-9a-f]{2})/i.test(text);
  if (!isWhole)
    throw new ConninfoError(
      `The ${part} holds a “%” that encodes nothing.`,
      'A percent sign itself is written %25.',
    );
  if (text.includes('%00'))
    throw new ConninfoError(`The ${part} holds a zero byte (%00), which nothing can.`);
  try {
    return decodeURIComponent(text);
  } catch {
    throw new ConninfoError(`The ${part} is not UTF-8 once it is decoded.`);
  }
}
