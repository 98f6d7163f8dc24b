import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram } from './program.ts';

const node = (script: string, deadlineMs = 10_000) =>
  runProgram(process.execPath, ['-e', script], { deadlineMs });

async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('runProgram', () => {
  it('reports the exit code, and a signal as a shell does', async () => {
    expect(await node('process.exit(3)')).toEqual({ code: 3, timedOut: false });
    expect(await node("process.kill(process.pid, 'SIGTERM')")).toEqual({ code: 143, timedOut: false });
  });

  it('rejects where the program is not there', async () => {
    await expect(runProgram('/no/such/program', [], { deadlineMs: 1000 })).rejects.toThrow('ENOENT');
  });

  it('lets a program that has time go behind all others, with what it starts', async () => {
    const script = `
      const { spawnSync } = require('node:child_process');
      const { getPriority } = require('node:os');
      const own = getPriority();
      const started = spawnSync(process.execPath, ['-p', 'os.getPriority()']).stdout.toString().trim();
      process.exit(Math.min(own, Number(started)));
    `;
    const end = await runProgram(process.execPath, ['-e', script], { deadlineMs: 10_000, idle: true });
    expect(end.code).toBe(constants.priority.PRIORITY_LOW);
  });

  it('ends what takes too long', async () => {
    expect(await node('setInterval(() => 0, 1000)', 300)).toEqual({ code: 137, timedOut: true });
  });

  it.skipIf(process.platform === 'win32')('leaves nothing of what the program started', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hawser-program-'));
    const pidFile = join(folder, 'pid');
    await node(`
      const { spawn } = require('node:child_process');
      const child = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)']);
      require('node:fs').writeFileSync(${JSON.stringify(pidFile)}, String(child.pid));
      process.exit(0);
    `);
    await gone(Number(await readFile(pidFile, 'utf8')));
    await rm(folder, { recursive: true });
  });
});
