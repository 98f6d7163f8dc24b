import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { EventEmitter } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { encodeFrame, FrameDecoder } from './framing.ts';
import { dataFolderInUse, LastWords } from './lastWords.ts';

export interface SidecarExit {
  /** For people: "with code 1", "by SIGKILL", "because it could not be started: ...". */
  how: string;
  /** Set when it declined to start because another sidecar holds the data folder. */
  inUse?: string;
}

export interface SidecarProcessEvents {
  frame: [body: Buffer];
  oversize: [head: Buffer];
  /** stdin takes more again. */
  drain: [];
  log: [line: string];
  /** Comes once, the last of all. */
  exit: [SidecarExit];
}

/** How long to wait, after the process has ended, for the last of what it had written. */
const lastOutputMs = 200;
/** How long the sidecar has to finish after the end of its stdin; its contract says two seconds. */
const finishMs = 2000;

/** One run of the sidecar: its pipes, its log and its end. */
export class SidecarProcess extends EventEmitter<SidecarProcessEvents> {
  readonly words = new LastWords();
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  #exited = false;

  constructor(command: string, args: readonly string[]) {
    super();
    this.#child = spawn(command, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
      // Ctrl+C in a terminal goes to the whole process group. In a group of its own the sidecar is ended by us, in
      // order, through the end of its stdin; and should we be killed, that same end of stdin still reaches it.
      detached: process.platform !== 'win32',
    });
    this.#watchOutput();
    this.#watchEnd();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Writes one message. False: the pipe is full, and `drain` will say when it is not. */
  send(text: string): boolean {
    return this.#exited || this.#child.stdin.destroyed || this.#child.stdin.write(encodeFrame(text));
  }

  /** Asks it to end once nothing runs any more. */
  drain(): void {
    this.#child.kill('SIGTERM');
  }

  /** Resolves once it is gone. */
  async gone(): Promise<void> {
    if (!this.#exited) await new Promise<void>((resolve) => this.once('exit', () => resolve()));
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** Ends stdin, which asks the sidecar to finish; after two seconds it is killed. Resolves once it is gone. */
  async end(): Promise<void> {
    if (this.#exited) return;
    this.#child.stdin.end();
    const timer = setTimeout(() => this.kill(), finishMs);
    await this.gone();
    clearTimeout(timer);
  }

  #watchOutput(): void {
    const { stdin, stdout, stderr } = this.#child;
    const decoder = new FrameDecoder({
      frame: (body) => this.emit('frame', body),
      oversize: (head) => this.emit('oversize', head),
    });
    stdout.on('data', (chunk: Buffer) => {
      try {
        decoder.push(chunk);
      } catch (error) {
        // Nothing after this point can be trusted, so it counts as a crash.
        stdout.removeAllListeners('data').resume();
        this.words.push(`${error instanceof Error ? error.message : String(error)}\n`);
        this.kill();
      }
    });
    stderr.setEncoding('utf8').on('data', (text: string) => {
      for (const line of this.words.push(text)) this.emit('log', line);
    });
    // A write into the pipe of a process that has just died fails; its exit says all there is to say.
    for (const stream of [stdin, stdout, stderr]) stream.on('error', () => undefined);
    stdin.on('drain', () => this.emit('drain'));
  }

  #watchEnd(): void {
    this.#child.once('error', (error) => {
      if (this.pid === undefined) this.#finish(`because it could not be started: ${error.message}`, null);
    });
    this.#child.once('exit', (code, signal) => {
      // `close` follows when the pipes are empty. A grandchild that inherited stderr could hold it open for ever,
      // hence the deadline.
      const finish = () => {
        clearTimeout(timer);
        this.#finish(code === null ? `by ${signal}` : `with code ${code}`, code);
      };
      const timer = setTimeout(finish, lastOutputMs);
      this.#child.once('close', finish);
    });
  }

  #finish(how: string, code: number | null): void {
    if (this.#exited) return;
    this.#exited = true;
    for (const stream of [this.#child.stdin, this.#child.stdout, this.#child.stderr]) stream.destroy();
    const inUse = dataFolderInUse(code, this.words);
    this.emit('exit', inUse === undefined ? { how } : { how, inUse });
  }
}
