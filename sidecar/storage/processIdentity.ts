import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { systemCode } from './storeErrors.ts';

/** Tells a process from a later one that was given the same number. */
export interface ProcessIdentity {
  pid: number;
  /** Unix milliseconds. */
  startedAt: number;
  /** Linux: the boot, and the kernel's own start time within it; exact, and untouched by changes of the clock. */
  start?: string;
}

export async function ownIdentity(): Promise<ProcessIdentity> {
  const startedAt = Math.round(Date.now() - process.uptime() * 1000);
  const start = process.platform === 'linux' ? (await linuxProcess(process.pid))?.start : undefined;
  return { pid: process.pid, startedAt, ...(start !== undefined && { start }) };
}

/** Whether this very process still runs. Where that cannot be found out, a process with its number counts as it. */
export async function isRunning(identity: ProcessIdentity): Promise<boolean> {
  if (!isTaken(identity.pid)) return false;
  if (process.platform === 'linux') {
    const found = await linuxProcess(identity.pid);
    return found !== undefined && !found.dead && (identity.start ?? found.start) === found.start;
  }
  const startedAt = await askedStart(identity.pid);
  // The clock may have been corrected a little since, and ps counts whole seconds.
  return startedAt === undefined || Math.abs(startedAt - identity.startedAt) < 5_000;
}

/** Signal 0 asks whether a process has this number; EPERM means that it is another user's. */
function isTaken(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) !== 'ESRCH';
  }
}

/**
 * The name of the program, in brackets, may hold anything; after its last bracket stand the state (field 3) and, as
 * field 22, the start in clock ticks since the boot. A zombie has a number and does nothing any more.
 */
async function linuxProcess(pid: number): Promise<{ start: string; dead: boolean } | undefined> {
  try {
    const [boot, stat] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      readFile(`/proc/${pid}/stat`, 'utf8'),
    ]);
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { start: `${boot.trim()}:${fields[19] ?? ''}`, dead: 'ZXx'.includes(fields[0] ?? '') };
  } catch {
    return undefined;
  }
}

/** When a process started, in Unix milliseconds, as the system's own program tells; undefined where it does not. */
async function askedStart(pid: number): Promise<number | undefined> {
  const [program, ...args] =
    process.platform === 'win32'
      ? [
          'powershell',
          '-NoProfile',
          '-Command',
          `(Get-Process -Id ${pid}).StartTime.ToUniversalTime().ToString('o')`,
        ]
      : ['ps', '-o', 'lstart=', '-p', String(pid)];
  try {
    // Asked only at start-up, and only where a lock of a live number is found; two seconds are a patient wait for it.
    const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
    const { stdout } = await promisify(execFile)(program, args, { env, timeout: 2_000 });
    const text = stdout.trim();
    const startedAt = Date.parse(process.platform === 'win32' ? text : `${text} UTC`);
    return Number.isNaN(startedAt) ? undefined : startedAt;
  } catch {
    return undefined;
  }
}
