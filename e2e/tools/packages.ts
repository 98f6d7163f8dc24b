import { existsSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { isKeyringInstalled } from '../../sidecar/test/gnomeKeyring.ts';
import { isPgbouncerInstalled } from '../../sidecar/test/pgbouncer.ts';
import { isSshdInstalled } from '../../sidecar/test/sshServer.ts';
import { runProgram } from './program.ts';

// A download over a slow line takes minutes; where there is no line it should not eat the time of the tests.
const installDeadlineMs = 3 * 60_000;

/** Installs a package of the system for the tests, where apt is and may be used. Whether it came is for the caller to see. */
export async function installPackage(name: string): Promise<void> {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return;
  console.log(`Installing the package ${name} for the tests.`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { env, deadlineMs: installDeadlineMs };
  await runProgram('apt-get', ['update'], options);
  await withoutServices(() =>
    runProgram('apt-get', ['install', '-y', '--no-install-recommends', name], options),
  );
}

/** A package that brings a server starts it when it is installed, unless this file says no: tests start their own. */
const servicesPolicy = '/usr/sbin/policy-rc.d';

async function withoutServices(install: () => Promise<unknown>): Promise<void> {
  if (existsSync(servicesPolicy)) {
    await install();
    return;
  }
  await writeFile(servicesPolicy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await install();
  } finally {
    await rm(servicesPolicy, { force: true });
  }
}

/** What the tests with real servers need beside PostgreSQL. Where it cannot be had they are left out, and say so. */
export async function fetchServers(): Promise<void> {
  await fetchPgbouncer();
  await fetchSshServer();
  await fetchKeyring();
}

/** The tests behind a pooler need it; where it cannot be had they are left out, and say so. */
async function fetchPgbouncer(): Promise<void> {
  if (!isPgbouncerInstalled()) await installPackage('pgbouncer');
}

/** The same for the tests through a tunnel. */
async function fetchSshServer(): Promise<void> {
  if (!isSshdInstalled()) await installPackage('openssh-server');
}

/** The tests with a real keychain need one, and a bus to reach it by; likewise. */
async function fetchKeyring(): Promise<void> {
  if (process.platform !== 'linux' || isKeyringInstalled()) return;
  await installPackage('dbus');
  await installPackage('gnome-keyring');
}

/** Debian and what is made of it; Ubuntu's package of a browser is only a pointer to another store. */
export function isDebian(): boolean {
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  return /^ID(_LIKE)?=.*\bdebian\b/m.test(release) && !/^ID(_LIKE)?=.*\bubuntu\b/m.test(release);
}
