import type { FieldIssue } from '../error/envelope.ts';
import type { Secrets } from './config.ts';

/**
 * What no single field shows. Looks at the config as it was typed, whatever else may be wrong with it, so that every
 * wrong field is named at once.
 */
export function crossFieldIssues(input: unknown): FieldIssue[] {
  const hops = hopsOf(input).flatMap((hop, index) =>
    credentialIssues(fieldOf(hop, 'credential'), `ssh.hops.${index}.credential`),
  );
  return [
    ...sshIssues(fieldOf(input, 'ssh')),
    ...credentialIssues(fieldOf(input, 'credential'), 'credential'),
    ...hops,
    ...hostIssues(fieldOf(input, 'host')),
    ...hostaddrIssues(fieldOf(input, 'host'), fieldOf(input, 'hostaddr')),
    ...tlsIssues(fieldOf(input, 'tls')),
  ];
}

/** A secret that was typed beside a source that brings its own. */
export function secondSources({ password, ssh = {} }: Secrets, input: unknown): FieldIssue[] {
  const typed = [{ path: 'credential.source', source: sourceOf(input), secret: password }];
  hopsOf(input).forEach((hop, index) => {
    const id = fieldOf(hop, 'id');
    const secret = ((typeof id === 'string' ? ssh[id] : undefined) ?? ssh[String(index)])?.password;
    typed.push({ path: `ssh.hops.${index}.credential.source`, source: sourceOf(hop), secret });
  });
  return typed
    .filter(({ source, secret }) => secret !== undefined && (source === 'pgpass' || source === 'command'))
    .map(({ path, source }) => ({
      path,
      message: `A password was typed, but its source is ${source}: choose one`,
    }));
}

const sourceOf = (owner: unknown): string => {
  const source = fieldOf(fieldOf(owner, 'credential'), 'source');
  return typeof source === 'string' ? source : 'keychain';
};

function credentialIssues(credential: unknown, path: string): FieldIssue[] {
  if (credential === undefined) return [];
  const source = sourceOf({ credential });
  const command = fieldOf(credential, 'command');
  if (source === 'command' && command === undefined)
    return [{ path: `${path}.command`, message: 'The password command is missing' }];
  if (source !== 'command' && command !== undefined)
    return [{ path: `${path}.command`, message: `Two password sources: a command and ${source}` }];
  return [];
}

function tlsIssues(tls: unknown): FieldIssue[] {
  const [cert, key] = [fieldOf(tls, 'certFile'), fieldOf(tls, 'keyFile')];
  if (key && !cert) return [{ path: 'tls.certFile', message: 'A client key needs its certificate' }];
  if (cert && !key) return [{ path: 'tls.keyFile', message: 'A client certificate needs its key' }];
  return [];
}

/** A list of hosts, each with a port or without; an abstract socket begins with @. */
function hostIssues(host: unknown): FieldIssue[] {
  if (typeof host !== 'string' || host.trim() === '') return [];
  const issue = (message: string) => [{ path: 'host', message }];
  // A password within an address would be written to a file and shown; it must not get that far.
  if (host.includes('://') || /[^,]@/.test(host))
    return issue('Type the host alone: user, password and database have fields of their own');
  const parts = host.split(',').map((part) => part.trim());
  if (parts.includes('')) return issue('A host in the list is empty');
  if (parts.some((part) => /\s/.test(part) && !part.startsWith('/'))) return issue('A host has no blanks');
  if (parts.some((part) => part.startsWith('[') && !/^\[[0-9a-fA-F:.%\w]+\](:\d+)?$/.test(part)))
    return issue('An IPv6 address in a list is written as [address]:port');
  return parts.some(hasWrongPort) ? issue('A port in the list of hosts is 1 to 65535') : [];
}

/** Each address belongs to the host in the same position; an empty one leaves that host to be looked up. */
function hostaddrIssues(host: unknown, hostaddr: unknown): FieldIssue[] {
  if (typeof hostaddr !== 'string' || hostaddr.trim() === '' || typeof host !== 'string') return [];
  const issue = (message: string) => [{ path: 'hostaddr', message }];
  const addresses = hostaddr.split(',').map((part) => part.trim());
  if (addresses.length !== host.split(',').length)
    return issue('As many addresses as hosts, in the same order');
  return addresses.every(
    (address) => address === '' || /^(\d+(\.\d+){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.%\w]*)$/.test(address),
  )
    ? []
    : issue('An address is written in numbers, as 10.0.0.1 or fd00::1');
}

/** `name:port` or `[::1]:port`; an address with colons and no brackets has no port in it. */
function hasWrongPort(part: string): boolean {
  const port = /^(?:[^:/]+|\[.*\]):(\d+)$/.exec(part)?.[1];
  return port !== undefined && (Number(port) < 1 || Number(port) > 65_535);
}

function sshIssues(ssh: unknown): FieldIssue[] {
  if (fieldOf(ssh, 'enabled') !== true) return [];
  const hops = hopsOf({ ssh });
  if (hops.length === 0) return [{ path: 'ssh.hops.0.host', message: 'The SSH host is missing' }];
  return hops.flatMap((hop, index) => {
    const missing = Object.entries(hopFields).filter(([field]) => !fieldOf(hop, field));
    return missing
      .filter(([field]) => field !== 'keyFile' || fieldOf(hop, 'auth') === 'key')
      .map(([field, message]) => ({ path: `ssh.hops.${index}.${field}`, message }));
  });
}

const hopFields = {
  host: 'The SSH host is missing',
  username: 'The SSH user is missing',
  auth: 'Choose how to log in: password, key or agent',
  keyFile: 'The key file is missing',
};

function hopsOf(input: unknown): unknown[] {
  const hops = fieldOf(fieldOf(input, 'ssh'), 'hops');
  return Array.isArray(hops) ? hops : [];
}

const fieldOf = (value: unknown, field: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[field] : undefined;
