import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { tempFolder } from './tempFolder.ts';

const run = promisify(execFile);

export interface SshAgent {
  socket: string;
  add(file: string): Promise<void>;
  close(): Promise<void>;
}

/** OpenSSH's agent with a socket of its own; it ends with this process. */
export async function startSshAgent(): Promise<SshAgent> {
  const folder = await tempFolder();
  const socket = path.join(folder.path, 'agent');
  const child = spawn('setpriv', ['--pdeathsig=KILL', '--', 'ssh-agent', '-D', '-a', socket], {
    stdio: 'ignore',
  });
  const deadline = performance.now() + 10_000;
  while (!existsSync(socket)) {
    if (performance.now() > deadline) throw new Error('ssh-agent did not start');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return {
    socket,
    add: async (file) => {
      await run('ssh-add', ['-q', file], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
    },
    close: async () => {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
      await folder.remove();
    },
  };
}
