import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseCommandLine, type HostOptions } from './commandLine.ts';
import { openingPath } from './assets/assets.ts';
import { defaultDataFolder } from './dataFolder.ts';
import { Host } from './host.ts';
import { openChromium } from './window/chromium.ts';
import { Instance, summon, whenGone, type Fronted } from './instance.ts';
import { handToBrowser, openDefaultBrowser } from './window/defaultBrowser.ts';
import { hasDisplay, openingMs, openWindow } from './window/openWindow.ts';
import type { OpenedWindow, OpenWindow } from './window/port.ts';
import { webviewOpener } from './window/webview.ts';
import { runWindowProcess } from './window/webviewProcess.ts';

/** Where the built program lies. */
export interface Installation {
  /** The host's own file, which is also the program of a webview's process. */
  programFile: string;
  /** The folder with `sidecar/` and `ui/` in it. */
  distFolder: string;
}

/** With this as its only argument the program is the process of a webview window. */
const windowProcessFlag = '--window-process';

const exitCodes = { done: 0, failed: 1, usage: 2, dataFolderInUse: 3 } as const;

const endSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const drainWordsMs = 300;
const drainWords =
  'Hawser ends as soon as what runs has ended, in 30 s at the latest. Ask again to end at once.';

const waitWords =
  'The Hawser that has this data folder ends as soon as what runs there has ended, in 30 s at the latest. This one waits for it.';

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const complain = (text: string): void => void process.stderr.write(`${text}\n`);

/**
 * The whole program. Exit codes: 0 ended as asked, or another one that has the data folder came to the front; 1 could not
 * run, 2 wrong options, 3 the data folder is in use.
 */
export async function runProgram(args: readonly string[], installation: Installation): Promise<void> {
  try {
    await start(args, installation);
  } catch (error) {
    stop(exitCodes.failed, error instanceof Error ? error.message : String(error));
  }
}

async function start(args: readonly string[], installation: Installation): Promise<void> {
  // Whoever reads our output may stop reading at any time; that is no reason to stop working.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  if (args[0] === windowProcessFlag) return runWindowProcess();
  const line = parseCommandLine(args);
  if (line.kind === 'help') {
    say(line.text.trimEnd());
    return;
  }
  if (line.kind === 'wrong') {
    stop(exitCodes.usage, line.message.trimEnd());
    return;
  }
  const { distFolder } = installation;
  const missing = ['sidecar/main.cjs', 'ui/index.html'].find((file) => !existsSync(join(distFolder, file)));
  if (missing !== undefined) {
    stop(exitCodes.failed, `${join(distFolder, missing)} is missing. Run: npm run build`);
    return;
  }
  for (let again = true; again;) {
    const host = await startHost(line.options, distFolder);
    again = await new Program(line.options, host, installation.programFile).run();
  }
}

function stop(code: number, message: string): void {
  complain(message);
  process.exitCode = code;
}

async function startHost({ port, dataFolder, show }: HostOptions, distFolder: string): Promise<Host> {
  const parts = {
    sidecarFile: join(distFolder, 'sidecar', 'main.cjs'),
    sidecarArgs: dataFolder === undefined ? [] : ['--data-dir', dataFolder],
    uiFolder: join(distFolder, 'ui'),
    port,
    // Who opens the address by hand may sit at another machine than this one.
    native: { dialogs: show !== 'nothing' && hasDisplay(process.platform, process.env) },
  };
  try {
    return await Host.start(parts);
  } catch (error) {
    const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    throw taken ? new Error(`Port ${port} of 127.0.0.1 is taken by another program.`) : error;
  }
}

/** One run of Hawser from the start of its sidecar to the end of its window. */
class Program {
  readonly #options: HostOptions;
  readonly #host: Host;
  readonly #programFile: string;
  readonly #ended = new AbortController();
  /** What runs is waited for no longer. */
  readonly #haste = new AbortController();
  #draining = false;
  #window: OpenedWindow | undefined;
  #instance: Instance | undefined;
  #givingWay: Promise<boolean> | undefined;
  readonly #onSignal = () => this.#toldToEnd();

  constructor(options: HostOptions, host: Host, programFile: string) {
    this.#options = options;
    this.#host = host;
    this.#programFile = programFile;
  }

  /** True where it is to be begun again, for another one had the data folder and has gone. */
  async run(): Promise<boolean> {
    for (const signal of endSignals) process.on(signal, this.#onSignal);
    this.#watchSidecar();
    if (!(await this.#host.supervisor.whenReady(this.#ended.signal))) return (await this.#givingWay) ?? false;
    await this.#show();
    return false;
  }

  async #show(): Promise<void> {
    const instance = await Instance.publish(this.#folder, this.#host.port);
    this.#instance = instance;
    this.#host.onSecondStart((request) => instance.answer(request, () => this.#front()));
    if (this.#options.show === 'nothing') {
      this.#printAddress();
      return;
    }
    if (!hasDisplay(process.platform, process.env)) {
      say(
        'There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so no window can be opened.',
      );
      this.#printAddress();
      return;
    }
    await this.#open();
  }

  async #open(): Promise<void> {
    const { origin } = this.#host.address;
    const profileFolder = join(this.#folder, 'window');
    this.#window = await openWindow({
      ways: this.#ways(),
      attempt: () => ({
        url: this.#host.entrance(openingMs),
        openingUrl: origin + openingPath,
        origin,
        profileFolder,
      }),
      admitted: (signal) => this.#host.nextAdmission(signal),
      signal: this.#ended.signal,
    });
    if (this.#ended.signal.aborted) return this.#window?.close();
    if (this.#window === undefined) {
      say('No window could be opened. Open this address in a browser of this machine:');
      this.#printAddress();
      return;
    }
    say('Hawser is ready.');
    await this.#window.closed;
    await this.#end(exitCodes.done);
  }

  get #folder(): string {
    return this.#options.dataFolder ?? defaultDataFolder();
  }

  /** Hawser was started a second time: whoever did so wants to see this one. */
  async #front(): Promise<Fronted> {
    if (this.#ended.signal.aborted) return { ending: true };
    const isSeen = this.#options.show !== 'nothing' && hasDisplay(process.platform, process.env);
    if (!isSeen) return { address: this.#host.entrance() };
    if (this.#window?.raise) this.#window.raise();
    // One that is being opened comes to the front by itself, and a new code would take its own from it.
    else if (this.#window && !(await handToBrowser(this.#host.entrance(openingMs))))
      return { address: this.#host.entrance() };
    return { shown: true };
  }

  /** The data folder is another one's: that one is asked to come to the front, or waited for where it ends. */
  async #giveWay(sentence: string): Promise<boolean> {
    const fronted = await summon(this.#folder);
    if (fronted && 'ending' in fronted) {
      say(waitWords);
      await whenGone(this.#folder, this.#ended.signal);
      if (this.#ended.signal.aborted) return false;
      await this.#host.end();
      for (const signal of endSignals) process.off(signal, this.#onSignal);
      return true;
    }
    if (!fronted) complain(sentence);
    else if ('address' in fronted)
      say(`Hawser runs already with this data folder. It is at ${fronted.address}`);
    else say('Hawser runs already with this data folder; its window is in front now.');
    await this.#end(fronted ? exitCodes.done : exitCodes.dataFolderInUse);
    return false;
  }

  #ways(): OpenWindow[] {
    if (this.#options.show === 'browser') return [openDefaultBrowser];
    return [webviewOpener(this.#programFile, windowProcessFlag), openChromium, openDefaultBrowser];
  }

  #printAddress(): void {
    say(`Hawser is at ${this.#host.entrance()}`);
  }

  #toldToEnd(): void {
    if (!this.#ended.signal.aborted) void this.#end(exitCodes.done);
    // Asked twice: what runs is not waited for.
    else if (this.#draining) this.#haste.abort();
    // The end of its stdin still ends the sidecar in order.
    else process.exit(exitCodes.failed);
  }

  #watchSidecar(): void {
    const { supervisor } = this.#host;
    if (this.#options.verbose) supervisor.on('log', complain);
    supervisor.on('died', (how) => complain(`The sidecar ended ${how}; it is started again.`));
    supervisor.on('refused', (sentence) => void (this.#givingWay = this.#giveWay(sentence)));
    supervisor.on('gaveUp', (failure) => {
      const { detail } = failure.facts;
      complain([failure.message, typeof detail === 'string' ? detail : ''].join('\n'));
      // A page that is there shows the report; without one there is nothing to stay for.
      if (!this.#host.pageWasAdmitted) void this.#end(exitCodes.failed);
    });
  }

  /** Where nothing runs it is over before anything could be said. */
  async #drain(): Promise<void> {
    this.#draining = true;
    const timer = setTimeout(() => say(drainWords), drainWordsMs);
    await this.#host.drain(this.#haste.signal);
    clearTimeout(timer);
    this.#draining = false;
  }

  async #end(code: number): Promise<void> {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort();
    await this.#drain();
    // Whoever starts Hawser meanwhile has been told that it ends; from here on the data folder is free.
    await this.#instance?.withdraw();
    await Promise.all([this.#window?.close(), this.#host.end()]);
    process.exit(code);
  }
}
