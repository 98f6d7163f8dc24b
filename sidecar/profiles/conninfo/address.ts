import { noPostgres } from './foreign.ts';
import { forLibpq } from './foreignParameters.ts';
import type { ReadSettings } from './settings.ts';
import { cutAt, parseUri } from './uri.ts';

/**
 * An address with a scheme, as libpq reads it; what other programs write so, and libpq would refuse, is taken as meant.
 * Throws ConninfoError.
 */
export function readAddress(text: string, scheme: string): ReadSettings {
  const [isOurs, driver] = /^postgres(?:ql)?(\+[a-z0-9_]+)?$/i.exec(scheme) ?? [];
  if (isOurs === undefined) throw noPostgres(scheme);
  const warnings: string[] = [];
  if (driver !== undefined) warnings.push('The driver named in the scheme was left out.');
  else if (scheme !== scheme.toLowerCase()) warnings.push('libpq takes the scheme in small letters only.');
  const { userinfo, rest } = cutUser(text.slice(scheme.length + '://'.length), warnings);
  const [place, query] = cutAt(rest, '?');
  if (query === undefined) return { settings: parseUri(`postgresql://${userinfo}${place}`), warnings };
  const known = forLibpq(query);
  if (known.leftOut.length > 0)
    warnings.push(`Left out, for they are another program’s: ${known.leftOut.join(', ')}.`);
  return { settings: parseUri(`postgresql://${userinfo}${place}?${known.query}`), warnings };
}

/** The user ends at an “@” before any slash. */
function cutUser(address: string, warnings: string[]): { userinfo: string; rest: string } {
  const first = /^[^@/]*@/.exec(address)?.[0].length ?? 0;
  if (first === 0) {
    if (/^[^?]*@/.test(address))
      warnings.push('There is an “@” behind the host. If a “/” in the password ended it, write that as %2F.');
    return { userinfo: '', rest: address };
  }
  // libpq takes the first one. No host holds one, so that with a second one nothing else can be meant.
  const hosts = /^[^/?]*/.exec(address.slice(first))?.[0] ?? '';
  const end = first + hosts.lastIndexOf('@') + 1;
  if (end > first)
    warnings.push(
      'There is an “@” before the host’s own: libpq would end the password there. Write it as %40.',
    );
  const userinfo = `${address.slice(0, end - 1).replaceAll('@', '%40')}@`;
  return { userinfo, rest: address.slice(end) };
}
