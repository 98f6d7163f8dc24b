import type { ChildProcess } from 'node:child_process';
import type { OpenedWindow } from './port.ts';

/** How long a window has to close in good order. */
const closeMs = 2000;

/** A window that lives in a process of its own, and is closed when that process ends. */
export class ChildWindow implements OpenedWindow {
  readonly closed: Promise<void>;
  readonly #child: ChildProcess;
  readonly #askToClose: () => void;
  #gone = false;

  /** `askToClose` asks the process to end; one that does not is killed. */
  constructor(child: ChildProcess, askToClose: () => void) {
    this.#child = child;
    this.#askToClose = askToClose;
    this.closed = new Promise((resolve) => {
      const settle = () => {
        this.#gone = true;
        resolve();
      };
      child.once('exit', settle);
      child.once('error', settle);
    });
    // A pipe to a window that was closed breaks; `closed` says so.
    for (const stream of child.stdio) stream?.on('error', () => undefined);
  }

  async close(): Promise<void> {
    if (this.#gone) return;
    this.#askToClose();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), closeMs);
    await this.closed;
    clearTimeout(timer);
  }
}
