import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whyNoSshd } from '../test/sshServer.ts';
import { tempFolder } from '../test/tempFolder.ts';
import { settingsOf } from './hostSettings.ts';

let home: Awaited<ReturnType<typeof tempFolder>>;
const realHome = process.env.HOME;

beforeAll(async () => {
  home = await tempFolder();
  process.env.HOME = home.path;
  await mkdir(path.join(home.path, '.ssh', 'd'), { recursive: true });
  await writeFile(path.join(home.path, '.ssh', 'd', '1.conf'), 'Host one\n  Port 2201\n');
  await writeFile(path.join(home.path, '.ssh', 'd', '2.conf'), 'Host *\n  Port 2202\n  User included\n');
});
afterAll(async () => {
  process.env.HOME = realHome;
  await home.remove();
});

/** Each with the hosts that are asked for. */
const configs: [string, string, string[]][] = [
  ['the first value counts', 'Host a\n  Port 1\nHost *\n  Port 2\n  User u\n', ['a', 'b']],
  [
    'keywords in any spelling, = and quotes',
    'hOsT a\n\tHOSTNAME="real.host"\n  port = 77\n  uSer me\n',
    ['a'],
  ],
  ['patterns and negation', 'Host *.x !no.x\n  User yes\nHost no.x\n  User no\n', ['a.x', 'no.x', 'y']],
  ['what stands before every section', 'User top\nHost a\n  User late\n', ['a', 'b']],
  ['%h in a name', 'Host a\n  HostName %h.example.com\n', ['a']],
  [
    'Match host and user',
    'Host a\n HostName b\nMatch host b\n  Port 5\nMatch user root\n  Port 6\n',
    ['a', 'c'],
  ],
  ['Match all', 'Match all\n  User everybody\n', ['a']],
  ['a jump', 'Host a\n  ProxyJump u@j:2,k\nHost b\n  ProxyJump none\n', ['a', 'b']],
  ['an alias of the key, and hashing', 'Host a\n  HostKeyAlias known\n  HashKnownHosts yes\n', ['a']],
  [
    'identities',
    'Host a\n  IdentityFile /k/one\n  IdentitiesOnly yes\nHost *\n  IdentityFile /k/two\n',
    ['a', 'b'],
  ],
  ['included files by a pattern', 'Include FOLDER/*.conf\nHost *\n  Port 9\n', ['one', 'two']],
  ['files within a section', 'Host a\n  Port 8\n  Include FOLDER/2.conf\nHost *\n  User me\n', ['a', 'b']],
  ['known_hosts elsewhere', 'Host a\n  UserKnownHostsFile /k/one /k/two\n', ['a', 'b']],
  ['comments and blank lines', '# Host a\n\nHost a # me\n\n  # Port 1\n  Port 3\n', ['a']],
];

describe.skipIf(whyNoSshd() !== undefined)('~/.ssh/config is read as OpenSSH reads it', () => {
  it.each(configs)('%s', async (_what, text, hosts) => {
    const file = path.join(home.path, '.ssh', 'config');
    await writeFile(file, text.replace('FOLDER', path.join(home.path, '.ssh', 'd')));
    for (const host of hosts) expect(outline(await settingsOf(host), host)).toEqual(asOpenSsh(file, host));
  });
});

const outline = (settings: Awaited<ReturnType<typeof settingsOf>>, host: string) => ({
  host,
  hostName: settings.hostName,
  user: settings.user,
  port: settings.port ?? 22,
  proxyJump: settings.proxyJump.join(','),
  identityFiles: settings.identityFiles,
  identitiesOnly: settings.identitiesOnly,
  hostKeyAlias: settings.hostKeyAlias,
  hashKnownHosts: settings.hashKnownHosts,
  userKnownHosts: settings.userKnownHosts,
});

/** OpenSSH goes by the home of the account; the keys that it would look for there by itself are not compared. */
function asOpenSsh(file: string, host: string): ReturnType<typeof outline> {
  const { stdout, stderr, status } = spawnSync('ssh', ['-T', '-G', '-F', file, host], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  const lines = stdout.split('\n').map((line) => line.split(' '));
  const all = (name: string) => lines.filter(([key]) => key === name).map(([, ...value]) => value);
  const one = (name: string) => all(name)[0]?.join(' ');
  const user = one('user');
  const home = (text: string) => text.replace(userInfo().homedir, process.env.HOME ?? '');
  return {
    host,
    hostName: one('hostname') ?? '',
    user: user === process.env.USER || user === 'root' ? undefined : user,
    port: Number(one('port')),
    proxyJump: one('proxyjump') ?? '',
    identityFiles: all('identityfile')
      .map(([name = '']) => name)
      .filter((name) => !name.startsWith('~')),
    identitiesOnly: one('identitiesonly') === 'yes',
    hostKeyAlias: one('hostkeyalias'),
    hashKnownHosts: one('hashknownhosts') === 'yes',
    userKnownHosts: (all('userknownhostsfile')[0] ?? []).map(home),
  };
}
