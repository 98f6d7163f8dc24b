import { isIPv6 } from 'node:net';

/** Four numbers, so that no version is taken for one. */
const ipv4 = /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])/g;
/** What may be one: a time of day looks so too. */
const ipv6 = /(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{1,4}(?!\w|:\w)/gi;

/** Everybody's, and said to be so. */
const open = /^(localhost|127\.\d+\.\d+\.\d+|::1|0\.0\.0\.0|\/.*)$/;

/**
 * Puts `host-1` and so on in place of names and addresses of servers, always the same for the same one.
 * @param hosts names that are known; addresses are found by their look too.
 */
export function hostMask(hosts: readonly string[]): (text: string) => string {
  const names = new Map<string, string>();
  const nameOf = (host: string): string => {
    if (open.test(host)) return host;
    const key = host.toLowerCase();
    const known = names.get(key);
    if (known !== undefined) return known;
    const made = `host-${names.size + 1}`;
    names.set(key, made);
    return made;
  };
  // The longest first, for one name may be the end of another.
  const known = [...new Set(hosts)]
    .filter((host) => host !== '' && !open.test(host))
    .sort((a, b) => b.length - a.length)
    .map((host) => ({ host, search: wholeWord(host) }));
  return (text) => {
    let masked = text;
    for (const { host, search } of known) masked = masked.replace(search, () => nameOf(host));
    return masked.replace(ipv4, nameOf).replace(ipv6, (found) => (isIPv6(found) ? nameOf(found) : found));
  };
}

const wholeWord = (text: string): RegExp =>
  new RegExp(`(?<![\\w-])${text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')}(?![\\w-])`, 'gi');
