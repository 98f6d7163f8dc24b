import type { ChildProcess } from 'node:child_process';
import type { OpenedWindow } from './port.ts';

/** How long a window has to close in good order. */
const closeMs = 2000;

/** A window that lives in a process of its own, and is closed when that process ends. */
export class ChildWindow implements OpenedWindow {
  readonly closed: Promise<void>;
  readonly #child: ChildProcess;
  readonly #askToClose: () => void;
  readonly #askToRaise: () => void;
  #gone = false;

  /** `close` asks the process to end; one that does not is killed. */
  constructor(child: ChildProcess, ask: { close: () => void; raise: () => void }) {
    this.#child = child;
    this.#askToClose = ask.close;
    this.#askToRaise = ask.raise;
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

  raise(): void {
    if (!this.#gone) this.#askToRaise();
  }

  async close(): Promise<void> {
    if (this.#gone) return;
    this.#askToClose();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), closeMs);
    await this.closed;
    clearTimeout(timer);
  }
}
