import { userInfo } from 'node:os';
import path from 'node:path';
import type { ConnectionConfig } from '#shared/connection/config.ts';
import { AppError } from '#shared/error/appError.ts';
import { wholePath } from '../storage/paths.ts';
import { defaultSettings, settingsOf, type HostSettings } from './hostSettings.ts';
import { sshFolder } from './sshFolder.ts';

type SshConfig = NonNullable<ConnectionConfig['ssh']>;
type GivenHop = SshConfig['hops'][number];

/** One computer on the way, with all that is needed to log in there. */
export interface Hop {
  /** By which its secrets and its trusted key are found: that of the definition, or the name of a jump in ~/.ssh/config. */
  id: string;
  /** `user@host`, as a person would say it. */
  name: string;
  host: string;
  port: number;
  username: string;
  auth: GivenHop['auth'];
  keyFile?: string | undefined;
  settings: HostSettings;
  /** Its place in the definition; those that ~/.ssh/config has put before it have none. */
  position?: number;
}

/** A chain that leads back to itself would have no end. */
const mostHops = 16;
const defaultPort = 22;
/** What OpenSSH looks for where nothing is said. */
const usualKeys = ['id_rsa', 'id_ecdsa', 'id_ed25519'];

/** The whole chain in the order in which it is walked, jumps of ~/.ssh/config before the first hop included. */
export async function chainOf(ssh: SshConfig): Promise<Hop[]> {
  const chain: Hop[] = [];
  for (const [position, hop] of ssh.hops.entries()) {
    const settings = ssh.useSshConfig ? await settingsOf(hop.host, hop.username) : defaultSettings(hop.host);
    // As with `ssh -J`: the way to a hop is the hop before it, whatever else its configuration says.
    if (position === 0) chain.push(...(await jumpsBefore(settings, [hop.host])));
    chain.push(given(hop, settings, position));
  }
  return chain;
}

function given(hop: GivenHop, settings: HostSettings, position: number): Hop {
  const { id, username, auth } = hop;
  const keyFile = hop.keyFile === undefined ? undefined : (wholePath(hop.keyFile) ?? hop.keyFile);
  // The usual port stands in every definition that names none.
  const port = hop.port === defaultPort ? (settings.port ?? defaultPort) : hop.port;
  const name = nameOf(username, hop.host, port);
  return { id, name, host: settings.hostName, port, username, auth, keyFile, settings, position };
}

async function jumpsBefore({ proxyJump }: HostSettings, passed: string[]): Promise<Hop[]> {
  const chain: Hop[] = [];
  for (const [index, text] of proxyJump.entries()) {
    const { host, user, port: ownPort } = parseJump(text);
    if (passed.length + chain.length >= mostHops) throw endless(passed);
    const settings = await settingsOf(host, user);
    if (index === 0) chain.push(...(await jumpsBefore(settings, [...passed, host])));
    const username = user ?? settings.user ?? userInfo().username;
    const port = ownPort ?? settings.port ?? defaultPort;
    chain.push({
      id: text,
      name: nameOf(username, host, port),
      host: settings.hostName,
      port,
      username,
      auth: 'agent',
      settings: withUsualKeys(settings),
    });
  }
  return chain;
}

const withUsualKeys = (settings: HostSettings): HostSettings =>
  settings.identityFiles.length > 0
    ? settings
    : { ...settings, identityFiles: usualKeys.map((name) => path.join(sshFolder(), name)) };

/** `user@host:port`, `ssh://user@host:port`, `user@[::1]:port`. */
function parseJump(text: string): { host: string; user?: string; port?: number } {
  const match =
    /^(?:ssh:\/\/)?(?:(?<user>.+)@)?(?:\[(?<v6>[^\]]+)\]|(?<name>[^:@]+))(?::(?<port>\d+))?\/?$/.exec(
      text,
    )?.groups;
  const host = match?.v6 ?? match?.name ?? text;
  const { user, port } = match ?? {};
  return { host, ...(user ? { user } : {}), ...(port ? { port: Number(port) } : {}) };
}

const nameOf = (user: string, host: string, port: number): string =>
  `${user}@${port === defaultPort ? host : `${host.includes(':') ? `[${host}]` : host}:${port}`}`;

const endless = (passed: string[]): AppError =>
  new AppError('INVALID_CONFIG', 'The jumps in ~/.ssh/config lead back to where they began.', {
    detail: passed.join(' > '),
    issues: [{ path: 'ssh.useSshConfig', message: 'ProxyJump has no end' }],
    actions: [{ id: 'edit', label: 'Edit connection' }],
  });
