import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { tempFolder } from '../test/tempFolder.ts';
import { runPasswordCommand } from './passwordCommand.ts';

let folder: Awaited<ReturnType<typeof tempFolder>>;
beforeEach(async () => (folder = await tempFolder()));
afterEach(() => folder.remove());

const node = (script: string, ...args: string[]) => [process.execPath, '-e', script, ...args];
const run = (command: string[], timeoutMs = 20_000, signal?: AbortSignal) =>
  runPasswordCommand({ command, timeoutMs }, signal);

const isAlive = (pid: number): boolean => {
  // One that has ended and that nobody has asked after is no longer alive.
  const stat = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'latin1') : '';
  return stat !== '' && !/\) Z /.test(stat);
};

describe('a password command', () => {
  it.each([
    ['a line', "console.log('se cret')", 'se cret'],
    ['a line without its end', "process.stdout.write('secret')", 'secret'],
    ['several lines, the first of which counts', "console.log('secret\\r\\nmore')", 'secret'],
    ['letters of all kinds', "console.log('pä😀s')", 'pä😀s'],
  ])('that says %s', async (_what, script, expected) => {
    expect(await run(node(script))).toBe(expected);
  });

  it('gets its arguments as they are: no shell reads them', async () => {
    const script = 'console.log(JSON.stringify(process.argv.slice(1)))';
    const args = ['$HOME', '`id`', 'a b', '*', '; touch /tmp/x'];
    expect(await run(node(script, ...args))).toBe(JSON.stringify(args));
  });

  it.each([
    ['fails', node("console.log('canary'); console.error('canary'); process.exit(3)"), 'exit', 'exit code 3'],
    ['is killed', node("console.log('canary'); process.kill(process.pid, 'SIGTERM')"), 'exit', 'SIGTERM'],
    ['says nothing', node("console.error('canary')"), 'empty', 'no password'],
    ['says too much', node("for (;;) console.log('canary'.repeat(1000))"), 'output', 'more than'],
    ['is not there', ['/no/such/program', 'canary'], 'start', '/no/such/program'],
  ])('that %s is told by how it ended, never by what it said', async (_what, command, reason, words) => {
    const error = (await run(command).catch((thrown: unknown) => thrown)) as Error;
    expect(error).toMatchObject({ code: 'PASSWORD_COMMAND_FAILED', facts: { reason } });
    expect(error.message).toContain(words);
    expect(JSON.stringify(error) + error.message).not.toContain('canary');
  });

  it('is not waited for because of what it left behind', async () => {
    const script =
      "require('child_process').spawn('sleep', ['30'], { stdio: 'inherit' }).unref(); console.log('secret')";
    expect(await run(node(script))).toBe('secret');
  });

  it.each(['its time is over', 'nobody wants it any more'])(
    'is killed with its children when %s',
    async (why) => {
      const pidFile = path.join(folder.path, 'pid');
      const script = `
      const child = require('child_process').spawn('sleep', ['600']);
      require('fs').writeFileSync(${JSON.stringify(pidFile)}, [process.pid, child.pid].join(' '));
      setInterval(() => {}, 1000);`;
      const abort = new AbortController();
      const byTime = why === 'its time is over';
      const failed = run(node(script), byTime ? 2_000 : 60_000, abort.signal).catch(
        (error: unknown) => error,
      );
      await vi.waitFor(() => expect(readFileSync(pidFile, 'utf8')).toMatch(/^\d+ \d+$/), 15_000);
      const pids = readFileSync(pidFile, 'utf8').split(' ').map(Number);
      if (!byTime) abort.abort(new Error('given up'));
      const error = (await failed) as Error;
      expect(error.message).toMatch(byTime ? /did not end within 2 s/ : /given up/);
      await vi.waitFor(() => expect(pids.map(isAlive)).toEqual([false, false]), 10_000);
    },
  );
});
