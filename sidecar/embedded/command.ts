import { spawn } from 'node:child_process';

interface CommandResult {
  /** Null where a signal ended it or it could not be started. */
  code: number | null;
  /** Both streams together, at most the last 16 KB. */
  output: string;
}

const outputLimit = 16 * 1024;

/**
 * Runs a program to its end and collects what it says; never rejects. It is killed after `deadlineMs` or at an abort.
 * Programs with children of their own are better ended through the guard, which knows them all.
 */
export function runCommand(
  [file = '', ...args]: readonly string[],
  {
    input,
    deadlineMs,
    signal,
    cwd,
  }: { input?: string; deadlineMs: number; signal?: AbortSignal; cwd?: string },
): Promise<CommandResult> {
  return new Promise((resolve) => {
    // Detached, so that a Ctrl+C in the terminal does not reach it: whether it goes on is decided here alone.
    const child = spawn(file, args, {
      detached: true,
      windowsHide: true,
      cwd,
      stdio: 'pipe',
      env: serverEnvironment(),
    });
    let output = '';
    const collect = (data: Buffer) => {
      output = (output + data.toString('utf8')).slice(-outputLimit);
    };
    const stop = () => child.kill('SIGKILL');
    const timer = setTimeout(stop, deadlineMs);
    const settle = (code: number | null) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      resolve({ code, output: output.trim() });
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', (error) => {
      output += `\n${error.message}`;
      settle(null);
    });
    child.on('close', settle);
    // A program that ends before it has read its input breaks the pipe; its exit code tells why.
    child.stdin.on('error', () => {});
    child.stdin.end(input ?? '');
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted) stop();
  });
}

/**
 * PGCLIENTENCODING, PGDATESTYLE and their like mean the user's own clients; a server of ours would heed them too, and take the sample for
 * Latin-1. The plain locale keeps its words the same everywhere.
 */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('PG'));
  return { ...Object.fromEntries(kept), LC_ALL: 'C' };
}
