import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import path from 'node:path';

/** Where they are built, before any test runs. */
const built = path.resolve(import.meta.dirname, '../../dist/programs');

/** The file to start of a program of `programs/`. */
export const programFile = (name: string): string => path.join(built, `${name}.mjs`);

/** A program of `programs/` in a process of its own. */
export interface ChildProgram {
  process: ChildProcess;
  /** What it has said so far, line by line. */
  lines: string[];
  /** Resolves with the first line that fits, rejects when the program ends without it. */
  line(fits: (line: string) => boolean): Promise<string>;
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** @param through a command before it, for example one that makes a namespace and runs the rest in it. */
export function startProgram(name: string, args: string[], through: string[] = []): ChildProgram {
  const [command = '', ...rest] = [...through, process.execPath, programFile(name), ...args];
  const child = spawn(command, rest, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines: string[] = [];
  const watchers = new Set<() => void>();
  const look = () => watchers.forEach((watch) => watch());
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    look();
  });
  let over = false;
  // `close` comes when its pipes are read to the end, so no line is missed.
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.on('error', () => resolve({ code: null, signal: null }));
    child.on('close', (code, signal) => resolve({ code, signal }));
  }).finally(() => {
    over = true;
    look();
  });
  const line = (fits: (line: string) => boolean) =>
    new Promise<string>((resolve, reject) => {
      const watch = () => {
        const found = lines.find(fits);
        if (found === undefined && !over) return;
        watchers.delete(watch);
        if (found === undefined) reject(new Error(`${name} ended after: ${lines.slice(-5).join(' | ')}`));
        else resolve(found);
      };
      watchers.add(watch);
      watch();
    });
  return { process: child, lines, line, ended };
}
