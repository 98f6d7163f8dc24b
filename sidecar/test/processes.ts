import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';

export interface RunningProcess {
  pid: number;
  commandLine: string;
}

/** Every process of the machine that can be seen, dead ones not yet collected apart. */
export function listProcesses(): RunningProcess[] {
  if (process.platform !== 'linux') {
    const lines = execFileSync('ps', ['-axww', '-o', 'pid=,command='], { encoding: 'utf8' }).split('\n');
    return lines.map((line) => ({
      pid: Number.parseInt(line, 10),
      commandLine: line.trim().replace(/^\d+\s+/, ''),
    }));
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => ({ pid: Number(pid), commandLine: readCommandLine(pid) }))
    .filter(({ commandLine }) => commandLine !== '');
}

function readCommandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return '';
  }
}

/** The processes of one server: each carries its token in its command line. */
export const serverPids = (token: string): number[] =>
  listProcesses()
    .filter(({ commandLine }) => commandLine.includes(token) && /postgres|initdb/.test(commandLine))
    .map(({ pid }) => pid);

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return readCommandLine(String(pid)) !== '' || process.platform !== 'linux';
  } catch {
    return false;
  }
}
