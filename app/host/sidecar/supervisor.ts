import { EventEmitter } from 'node:events';
import { AppError } from '#shared/error/appError.ts';
import { SidecarProcess, type SidecarExit } from './process.ts';
import {
  supervisorLimits,
  superviseStep,
  type SupervisorCommand,
  type SupervisorEvent,
  type SupervisorLimits,
  type SupervisorState,
} from './supervisorMachine.ts';

export interface SupervisorEvents {
  frame: [body: Buffer];
  oversize: [head: Buffer];
  drain: [];
  log: [line: string];
  /** It is gone and what was asked of it will not be answered; a restart follows. */
  died: [how: string];
  /** It is gone for good. */
  gaveUp: [AppError];
  /** Another sidecar holds the data folder; nothing more will be tried. */
  refused: [sentence: string];
}

const reportedLines = 20;

/** Keeps one sidecar alive: pings it, kills a frozen one, starts a dead one again, and gives up on one that cannot live. */
export class Supervisor extends EventEmitter<SupervisorEvents> {
  readonly #command: string;
  readonly #args: readonly string[];
  readonly #limits: SupervisorLimits;
  #state: SupervisorState = { kind: 'idle' };
  #process: SidecarProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #failure: AppError | undefined;
  #lastExit: SidecarExit | undefined;
  readonly #waiting = new Set<(ready: boolean) => void>();
  #ids = 0;

  constructor(command: string, args: readonly string[], limits: SupervisorLimits = supervisorLimits) {
    super();
    this.#command = command;
    this.#args = args;
    this.#limits = limits;
  }

  /** Why it was given up, once it was. */
  get failure(): AppError | undefined {
    return this.#failure;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  start(): void {
    this.#timer ??= setInterval(
      () => this.#step({ type: 'tick', at: performance.now() }),
      this.#limits.tickMs,
    );
    this.#step({ type: 'start', at: performance.now() });
  }

  /** Resolves true as soon as the sidecar answers, false when it never will or the wait was given up. */
  async whenReady(signal: AbortSignal): Promise<boolean> {
    if (this.#state.kind === 'running' || this.#state.kind === 'draining') return true;
    if (this.#state.kind === 'gaveUp' || this.#state.kind === 'ended' || signal.aborted) return false;
    return new Promise((resolve) => {
      const settle = (ready: boolean) => {
        this.#waiting.delete(settle);
        signal.removeEventListener('abort', abort);
        resolve(ready);
      };
      const abort = () => settle(false);
      signal.addEventListener('abort', abort);
      this.#waiting.add(settle);
    });
  }

  /** Hands one message to the sidecar. False: its pipe is full until `drain`. Without a sidecar the message is lost. */
  send(text: string): boolean {
    return this.#process?.send(text) ?? true;
  }

  /** An id for a request of the host's own; answers to these are of no interest to any window. */
  ownId(): string {
    this.#ids += 1;
    return `h-${this.#ids}`;
  }

  /**
   * Asks the sidecar to end once nothing runs any more, which it does at the latest after a time of its own. Resolves
   * when it is gone, or at an abort. Where there are no signals it is ended like before, by `close`.
   */
  async drain(signal: AbortSignal): Promise<void> {
    if (process.platform === 'win32' || signal.aborted) return;
    this.#step({ type: 'drain' });
    if (this.#state.kind !== 'draining') return;
    const aborted = new Promise<void>((resolve) =>
      signal.addEventListener('abort', () => resolve(), { once: true }),
    );
    await Promise.race([this.#process?.gone(), aborted]);
  }

  /** Ends the sidecar in order; resolves once no process is left. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#step({ type: 'end' });
    this.#settleWaiting(false);
    await this.#process?.end();
  }

  #step(event: SupervisorEvent): void {
    const { state, commands } = superviseStep(this.#state, event, this.#limits);
    this.#state = state;
    for (const command of commands) this.#carryOut(command);
  }

  #carryOut(command: SupervisorCommand): void {
    switch (command) {
      case 'spawn':
        return this.#spawn();
      case 'ping':
        this.send(JSON.stringify({ jsonrpc: '2.0', id: this.ownId(), method: 'host.ping', params: {} }));
        return;
      case 'kill':
        return this.#process?.kill();
      case 'drain':
        return this.#process?.drain();
      case 'ready':
        return this.#settleWaiting(true);
      case 'died':
        this.emit('died', this.#lastExit?.how ?? '');
        return;
      case 'giveUp':
        return this.#giveUp();
    }
  }

  #spawn(): void {
    const child = new SidecarProcess(this.#command, this.#args);
    this.#process = child;
    child.on('frame', (body) => {
      // Any message is a sign of life: a frozen event loop sends none.
      this.#step({ type: 'heard', at: performance.now() });
      this.emit('frame', body);
    });
    child.on('oversize', (head) => this.emit('oversize', head));
    child.on('drain', () => this.emit('drain'));
    child.on('log', (line) => this.emit('log', line));
    child.on('exit', (exit) => this.#ended(exit));
  }

  #ended(exit: SidecarExit): void {
    this.#lastExit = exit;
    if (exit.inUse === undefined || this.#state.kind === 'ended') {
      return this.#step({ type: 'exited', at: performance.now() });
    }
    this.#step({ type: 'refused' });
    this.#settleWaiting(false);
    this.emit('refused', exit.inUse);
  }

  #giveUp(): void {
    clearInterval(this.#timer);
    const { maxCrashes, crashWindowMs } = this.#limits;
    this.#failure = new AppError(
      'INTERNAL',
      `The engine stopped more than ${maxCrashes} times within ${crashWindowMs / 1000} s, ` +
        'so it is not started again. What you typed is safe. Close Hawser and start it anew.',
      {
        detail: [
          `It ended ${this.#lastExit?.how ?? ''}.`,
          this.#process?.words.report(reportedLines) ?? '',
        ].join('\n'),
        actions: [{ id: 'copyReport', label: 'Copy report' }],
      },
    );
    this.#settleWaiting(false);
    this.emit('gaveUp', this.#failure);
  }

  #settleWaiting(ready: boolean): void {
    for (const settle of this.#waiting) settle(ready);
  }
}
