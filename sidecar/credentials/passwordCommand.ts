import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { AppError } from '#shared/error/appError.ts';
import { asError } from '../lib/asError.ts';

/** A password is short; a command that says more than this was not meant. */
const maxBytes = 64 * 1024;

/** What a command has said is read within this time of its end. */
const lateOutputMs = 500;

export interface PasswordCommand {
  /** Program and arguments; no shell sees them. */
  command: readonly string[];
  timeoutMs: number;
}

/**
 * Runs a command whose first line of output is the password. Its output is never shown, neither is what it complains of:
 * PASSWORD_COMMAND_FAILED tells its exit code. Past its time, or at an abort, it is killed with its children.
 */
export function runPasswordCommand(
  { command: [program = '', ...args], timeoutMs }: PasswordCommand,
  signal?: AbortSignal,
): Promise<string> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(asError(signal.reason));
    // A group of its own, so that it can be killed with all that it started.
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    const chunks: Buffer[] = [];
    let bytes = 0;
    const end = (settle: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      child.removeAllListeners().on('error', () => {});
      child.stdout.destroy();
      settle();
    };
    const stop = (error: Error) => end(() => (killAll(child), reject(error)));
    const abort = () => stop(asError(signal?.reason));
    const timer = setTimeout(
      () => stop(failed(`did not end within ${timeoutMs / 1_000} s`, 'timeout')),
      timeoutMs,
    );
    signal?.addEventListener('abort', abort, { once: true });
    child.stdout.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > maxBytes) stop(failed('says more than a password', 'output'));
    });
    child.on('error', (error) => end(() => reject(notStarted(program, error))));
    const done = (code: number | null, killed: NodeJS.Signals | null) =>
      end(() => resolveWith(Buffer.concat(chunks), { code, killed }, resolve, reject));
    child.on('close', done);
    // What it left behind may hold its output open for ever.
    child.on('exit', (code, killed) => setTimeout(() => done(code, killed), lateOutputMs).unref());
  });
}

function resolveWith(
  output: Buffer,
  { code, killed }: { code: number | null; killed: NodeJS.Signals | null },
  resolve: (password: string) => void,
  reject: (error: Error) => void,
): void {
  if (code !== 0)
    return reject(
      failed(killed ? `was ended by ${killed}` : `ended with exit code ${code ?? 0}`, 'exit', code),
    );
  const [password = ''] = output.toString('utf8').split(/\r?\n/, 1);
  if (password === '') return reject(failed('gave no password', 'empty'));
  resolve(password);
}

function killAll(child: ChildProcess): void {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') {
    execFile('taskkill', ['/pid', String(child.pid), '/T', '/F'], { windowsHide: true }, () => {});
    return;
  }
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // All of them have gone by themselves.
  }
}

const notStarted = (program: string, error: NodeJS.ErrnoException): AppError =>
  failed(
    error.code === 'ENOENT'
      ? `was not found: ${program}`
      : `could not be started (${error.code ?? 'unknown'})`,
    'start',
  );

const failed = (what: string, reason: string, exitCode?: number | null): AppError =>
  new AppError('PASSWORD_COMMAND_FAILED', `The password command ${what}.`, {
    reason,
    ...(typeof exitCode === 'number' ? { detail: { exitCode } } : {}),
    hint: 'Run it in a terminal to see why. Its output is not shown here, for it may hold the password.',
    actions: [
      { id: 'retry', label: 'Try again' },
      { id: 'enterPassword', label: 'Enter password' },
      { id: 'edit', label: 'Edit connection' },
    ],
  });
