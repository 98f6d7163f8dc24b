import { homedir, hostname, userInfo } from 'node:os';
import path from 'node:path';
import type SSHConfig from 'ssh-config';
import { wholePath } from '../storage/paths.ts';
import { readConfig } from './configFile.ts';
import { sshFolder } from './sshFolder.ts';

/** What OpenSSH's configuration says of one host, or its defaults. */
export interface HostSettings {
  hostName: string;
  user?: string;
  port?: number;
  /** `user@host:port`, the nearest to this computer first. */
  proxyJump: string[];
  identityFiles: string[];
  identitiesOnly: boolean;
  /** `none`, a path, or undefined for the one of the surroundings. */
  identityAgent?: string;
  hostKeyAlias?: string;
  userKnownHosts: string[];
  globalKnownHosts: string[];
  hashKnownHosts: boolean;
  /** What stands there and is not done. */
  notFollowed: string[];
}

type Computed = Record<string, string | string[]>;

export const defaultSettings = (hostName: string): HostSettings => ({
  hostName,
  proxyJump: [],
  identityFiles: [],
  identitiesOnly: false,
  userKnownHosts: ['known_hosts', 'known_hosts2'].map((name) => path.join(sshFolder(), name)),
  globalKnownHosts:
    process.platform === 'win32' ? [] : ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'],
  hashKnownHosts: false,
  notFollowed: [],
});

/** Without a user name the configuration's own is taken. Rejects where the configuration cannot be read. */
export async function settingsOf(alias: string, user?: string): Promise<HostSettings> {
  const config = await readConfig(alias);
  const found = config.compute(
    { Host: alias, ...(user === undefined ? {} : { User: user }) },
    { ignoreCase: true, matchExec: false },
  );
  const settings = defaultSettings(alias);
  const one = (name: string): string | undefined => listOf(found, name)[0];
  const own = one('user');
  const hostName = (one('hostname') ?? alias).replaceAll('%h', alias).replaceAll('%%', '%');
  const port = Number(one('port') ?? Number.NaN);
  const whole = (text: string) =>
    withTokens(text, { alias, hostName, user: user ?? own ?? '', port: Number.isNaN(port) ? 22 : port });
  const identityAgent = one('identityagent');
  const hostKeyAlias = one('hostkeyalias');
  const knownHosts = listOf(found, 'userknownhostsfile').map(whole);
  const globalKnownHosts = listOf(found, 'globalknownhostsfile').map(whole);
  return {
    ...settings,
    hostName,
    ...(own === undefined ? {} : { user: own }),
    ...(Number.isNaN(port) ? {} : { port }),
    proxyJump: jumpsOf(one('proxyjump')),
    identityFiles: listOf(found, 'identityfile').filter(isSome).map(whole),
    identitiesOnly: isYes(one('identitiesonly')),
    ...(identityAgent === undefined ? {} : { identityAgent: whole(identityAgent) }),
    ...(hostKeyAlias === undefined ? {} : { hostKeyAlias }),
    userKnownHosts: knownHosts.length > 0 ? knownHosts.filter(isSome) : settings.userKnownHosts,
    globalKnownHosts:
      globalKnownHosts.length > 0 ? globalKnownHosts.filter(isSome) : settings.globalKnownHosts,
    hashKnownHosts: isYes(one('hashknownhosts')),
    notFollowed: [...leftOut(found), ...unknownCriteria(config)],
  };
}

const listOf = (found: Computed, name: string): string[] => [found[name] ?? []].flat();
const isYes = (text: string | undefined): boolean => text?.toLowerCase() === 'yes';
const isSome = (text: string): boolean => text.toLowerCase() !== 'none';

const jumpsOf = (text: string | undefined): string[] =>
  text === undefined || !isSome(text) ? [] : text.split(',').map((jump) => jump.trim());

/** Keywords that lead elsewhere than where Hawser goes, or ask for less than it does. */
function leftOut(found: Computed): string[] {
  const names: Record<string, string> = {
    proxycommand: 'ProxyCommand',
    knownhostscommand: 'KnownHostsCommand',
    certificatefile: 'CertificateFile',
    pkcs11provider: 'PKCS11Provider',
  };
  const set = Object.entries(names).filter(([name]) => listOf(found, name).some(isSome));
  const checking = listOf(found, 'stricthostkeychecking')[0]?.toLowerCase();
  const asks = checking === undefined || checking === 'ask' || isYes(checking);
  return [
    ...set.map(([, name]) => name),
    ...(asks ? [] : [`StrictHostKeyChecking ${checking}`]),
    ...(isYes(listOf(found, 'notcanonicalized')[0]) ? ['CanonicalizeHostname'] : []),
  ];
}

const followed = new Set(['all', 'final', 'host', 'originalhost', 'user', 'localuser']);

/** A section with another question than these is passed over: above all, no command is run for it. */
function unknownCriteria(config: SSHConfig): string[] {
  const asked = [...config].flatMap((line) =>
    'criteria' in line ? Object.keys(line.criteria).map((name) => name.toLowerCase()) : [],
  );
  return [...new Set(asked)].filter((name) => !followed.has(name)).map((name) => `Match ${name}`);
}

/** The tokens and variables of OpenSSH that a path may hold. */
function withTokens(
  text: string,
  { alias, hostName, user, port }: { alias: string; hostName: string; user: string; port: number },
): string {
  const tokens: Record<string, string> = {
    '%': '%',
    d: homedir(),
    h: hostName,
    l: hostname(),
    n: alias,
    p: String(port),
    r: user,
    u: process.env.USER ?? userInfo().username,
  };
  const filled = text
    .replace(/%([%a-zA-Z])/g, (all, letter: string) => tokens[letter] ?? all)
    .replace(/\$\{(\w+)\}/g, (all, name: string) => process.env[name] ?? all);
  return wholePath(filled) ?? filled;
}
