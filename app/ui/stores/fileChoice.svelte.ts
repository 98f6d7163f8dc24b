import type { FileKind } from '#shared/native/methods.ts';
import type { Rpc } from '../lib/rpc/rpc.ts';

export interface FileWish {
  title: string;
  kind: FileKind;
  /** What is there already. */
  start: string;
  /** To save under a name, which is suggested; default: to open. */
  mode?: 'save';
  name?: string;
}

interface OpenPanel extends Readonly<FileWish> {
  readonly folder: string;
  /** Undefined: none was chosen. */
  readonly answer: (path: string | undefined) => void;
}

/** Choosing a file: the system's dialog, and where there is none a panel in the window. */
export class FileChoice {
  readonly #rpc: Rpc;
  #panel = $state.raw<OpenPanel>();
  /** Where data was last read from or written to. */
  #dataFolder = '';

  constructor(rpc: Rpc) {
    this.#rpc = rpc;
  }

  /** The panel that is open, if one is. */
  get panel(): OpenPanel | undefined {
    return this.#panel;
  }

  /** The path; undefined where none was chosen. The signal takes away what is shown. */
  async choose(wish: FileWish, signal: AbortSignal): Promise<string | undefined> {
    if (wish.kind !== 'data') return this.#choose(wish, signal);
    const path = await this.#choose({ ...wish, start: wish.start || this.#dataFolder }, signal);
    if (path !== undefined) this.#dataFolder = path.replace(/[\\/][^\\/]*$/, '');
    return path;
  }

  async #choose(wish: FileWish, signal: AbortSignal): Promise<string | undefined> {
    const picked = await this.#rpc.call('native.pickFile', { ...wish }, signal);
    if (picked.outcome === 'chosen') return picked.path;
    return picked.outcome === 'cancelled' ? undefined : this.#ask({ ...wish, folder: picked.folder }, signal);
  }

  #ask(wish: Omit<OpenPanel, 'answer'>, signal: AbortSignal): Promise<string | undefined> {
    this.#panel?.answer(undefined);
    return new Promise((resolve) => {
      const answer = (path: string | undefined) => {
        if (this.#panel?.answer === answer) this.#panel = undefined;
        resolve(path);
      };
      this.#panel = { ...wish, answer };
      signal.addEventListener('abort', () => answer(undefined), { once: true });
    });
  }
}
