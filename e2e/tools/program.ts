import { spawn, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';

export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** After so long the program and all that it started is killed. */
  readonly deadlineMs: number;
  /** It, and what it starts, takes only the time that nothing else wants. */
  readonly idle?: boolean;
}

/** How a program ended; `code` is what a shell would report. */
export interface ProgramEnd {
  readonly code: number;
  readonly timedOut: boolean;
}

const running = new Set<ChildProcess>();

/**
 * Runs a program with our own input and output until it ends or its time is up.
 * Rejects only where it could not be started.
 */
export function runProgram(
  command: string,
  args: readonly string[],
  options: ProgramOptions,
): Promise<ProgramEnd> {
  // A group of its own, so that what the program started ends with it.
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: 'inherit',
    detached: process.platform !== 'win32',
  });
  running.add(child);
  if (options.idle && child.pid !== undefined) giveWay(child.pid);
  return new Promise((resolve, reject) => {
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      killTree(child);
    }, options.deadlineMs);
    child.once('error', (error) => {
      clearTimeout(timer);
      running.delete(child);
      reject(error);
    });
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      running.delete(child);
      // A test runner that ended may have left servers behind: they belong to its group and end with it.
      killTree(child);
      resolve({ code: exitCode(code, signal), timedOut });
    });
  });
}

/** Linux shares time between sessions first, and each program here is one: its session has to step back as well. */
function giveWay(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW);
    if (process.platform === 'linux')
      writeFileSync(`/proc/${pid}/autogroup`, String(constants.priority.PRIORITY_LOW));
  } catch {
    // It has ended by now, or this system knows nothing of the kind: then it takes its share.
  }
}

/** What a shell reports for a program that ended so. */
const exitCode = (code: number | null, signal: NodeJS.Signals | null): number =>
  code ?? (signal ? 128 + constants.signals[signal] : 1);

function killTree(child: ChildProcess): void {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') {
    // Only while it lives: its number may belong to another program by now.
    if (child.exitCode === null)
      spawn('taskkill', ['/pid', String(child.pid), '/T', '/F'], { stdio: 'ignore' });
    return;
  }
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The whole group is gone already.
  }
}

/** Ctrl+C reaches this process only, for each program has a group of its own: it takes them along. */
export function endProgramsWithUs(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      for (const child of running) killTree(child);
      process.exit(128 + constants.signals[signal]);
    });
  }
}

/** How npm is called here, also where `npm` is a script of the shell (Windows). */
export function npmCommand(args: readonly string[]): { command: string; args: string[] } {
  const npm = process.env.npm_execpath;
  return npm === undefined
    ? { command: 'npm', args: [...args] }
    : { command: process.execPath, args: [npm, ...args] };
}
