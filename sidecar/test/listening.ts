import type { ChildProcess } from 'node:child_process';
import { connect } from 'node:net';

const startLimitMs = 10_000;

/** Waits until a program listens on its port of loopback; rejects where it ends before, or takes too long. */
export async function untilListening(port: number, child: ChildProcess, why: () => string): Promise<void> {
  const deadline = performance.now() + startLimitMs;
  while (!(await listens(port))) {
    if (child.exitCode !== null || performance.now() > deadline) throw new Error(why());
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
