import { createHmac, randomBytes } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { isNegotiable, keyType } from './hostKey.ts';

export interface KnownKey {
  type: string;
  blob: Buffer;
  file: string;
  line: number;
}

/** How a host is called in known_hosts, and where such files are. */
export interface KnownHostsPlace {
  host: string;
  port: number;
  /** A name of its own for its keys; no port is added to it. */
  alias?: string | undefined;
  files: string[];
}

export interface KnownKeys {
  /** For this host and port. */
  own: KnownKey[];
  /** For this host at the usual port: what they accept is accepted, what they do not know is no change. */
  ofHost: KnownKey[];
  revoked: KnownKey[];
  /** There is a line for this host about a certificate authority, which is passed over. */
  authorities: boolean;
}

export type Verdict =
  { kind: 'known' } | { kind: 'unknown' } | { kind: 'changed' | 'revoked'; keys: KnownKey[] };

const defaultPort = 22;

/** Every key that the files hold for a host. A file that is not there holds none; one that cannot be read rejects. */
export async function knownKeys(place: KnownHostsPlace): Promise<KnownKeys> {
  const name = knownName(place);
  const plain = place.host.toLowerCase();
  const found: KnownKeys = { own: [], ofHost: [], revoked: [], authorities: false };
  for (const file of place.files) {
    const text = await readFile(file, 'utf8').catch(ignoreMissing);
    for (const [index, line] of text.split('\n').entries()) {
      const entry = parseLine(line);
      if (!entry) continue;
      const isOwn = names(entry.hosts, name);
      if (!isOwn && (place.alias !== undefined || !names(entry.hosts, plain))) continue;
      const key = { type: entry.type, blob: entry.blob, file, line: index + 1 };
      if (entry.marker === '@cert-authority') found.authorities = true;
      else if (entry.marker === '@revoked') found.revoked.push(key);
      else (isOwn ? found.own : found.ofHost).push(key);
    }
  }
  return found;
}

/**
 * What the files say of a key that a host shows. A key of another type than the known ones is a change as well: the known
 * types were asked for first, and the host did not have them.
 */
export function judge(blob: Buffer, { own, ofHost, revoked }: KnownKeys): Verdict {
  const same = (key: KnownKey) => key.blob.equals(blob);
  const keys = revoked.filter(same);
  if (keys.length > 0) return { kind: 'revoked', keys };
  if ([...own, ...ofHost].some(same)) return { kind: 'known' };
  const others = own.filter(({ type }) => isNegotiable(type));
  return others.length > 0 ? { kind: 'changed', keys: others } : { kind: 'unknown' };
}

/** Writes a key down at the end of a file, which is made where it is missing, in one write. */
export async function appendKnownHost(
  file: string,
  { place, blob, hashed }: { place: KnownHostsPlace; blob: Buffer; hashed: boolean },
): Promise<void> {
  const name = hashed ? hashName(knownName(place)) : knownName(place);
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const handle = await open(file, 'a+', 0o600);
  try {
    const { size } = await handle.stat();
    const last = Buffer.alloc(1);
    if (size > 0) await handle.read(last, 0, 1, size - 1);
    const start = size > 0 && last.toString() !== '\n' ? '\n' : '';
    await handle.appendFile(`${start}${name} ${keyType(blob)} ${blob.toString('base64')}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function knownName({ host, port, alias }: KnownHostsPlace): string {
  if (alias !== undefined) return alias.toLowerCase();
  const name = host.toLowerCase();
  return port === defaultPort ? name : `[${name}]:${port}`;
}

function hashName(name: string): string {
  const salt = randomBytes(20);
  return `|1|${salt.toString('base64')}|${hmac(salt, name)}`;
}

const hmac = (salt: Buffer, name: string): string => createHmac('sha1', salt).update(name).digest('base64');

function parseLine(line: string): { marker?: string; hosts: string; type: string; blob: Buffer } | undefined {
  const words = line.trim().split(/[ \t]+/);
  if (line.trim() === '' || line.trimStart().startsWith('#')) return undefined;
  const marker = words[0]?.startsWith('@') ? words.shift() : undefined;
  const [hosts, type, key] = words;
  if (!hosts || !type || !key) return undefined;
  const blob = Buffer.from(key, 'base64');
  // A line that is damaged says nothing of any key, whatever type it names.
  return keyType(blob) === type ? { ...(marker ? { marker } : {}), hosts, type, blob } : undefined;
}

/** Patterns are separated by commas; one that is negated and matches overrules all others. */
function names(hosts: string, name: string): boolean {
  if (hosts.startsWith('|1|')) {
    const [, , salt = '', hash] = hosts.split('|');
    return hmac(Buffer.from(salt, 'base64'), name) === hash;
  }
  const patterns = hosts.toLowerCase().split(',');
  const matches = (pattern: string) => matchesPattern(pattern, name);
  if (patterns.some((pattern) => pattern.startsWith('!') && matches(pattern.slice(1)))) return false;
  return patterns.some((pattern) => !pattern.startsWith('!') && matches(pattern));
}

function matchesPattern(pattern: string, name: string): boolean {
  const source = pattern.replace(/[.*+?^${}()|[\]\\]/g, (character) =>
    character === '*' ? '.*' : character === '?' ? '.' : `\\${character}`,
  );
  return new RegExp(`^${source}$`).test(name);
}

function ignoreMissing(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return '';
  throw error;
}
