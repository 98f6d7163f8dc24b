import { spawn } from 'node:child_process';
import { once } from 'node:events';

interface ProgramOptions {
  env?: Record<string, string>;
  cwd?: string;
  /** What it reads from its standard input. */
  input?: string;
}

/** Runs a program to its end, what it prints thrown away; rejects when it fails, with what it said. */
export async function runProgram(file: string, args: string[], options: ProgramOptions = {}): Promise<void> {
  await run(file, args, options, 'ignore');
}

/** The same, and gives what it printed. */
export function readProgram(file: string, args: string[], options: ProgramOptions = {}): Promise<Buffer> {
  return run(file, args, options, 'pipe');
}

async function run(
  file: string,
  args: string[],
  { env = {}, cwd, input }: ProgramOptions,
  stdout: 'ignore' | 'pipe',
): Promise<Buffer> {
  const child = spawn(file, args, {
    env: { ...process.env, ...env },
    ...(cwd === undefined ? {} : { cwd }),
    stdio: [input === undefined ? 'ignore' : 'pipe', stdout, 'pipe'],
  });
  child.stdin?.end(input);
  const parts: Buffer[] = [];
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => parts.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${file} ended with ${code}: ${said}`);
  return Buffer.concat(parts);
}
