import { homedir } from 'node:os';
import { basename } from 'node:path';
import { rpcErrorCodes } from '#shared/contract/protocol.ts';
import { AppError } from '#shared/error/appError.ts';
import { nativeMethods } from '#shared/native/methods.ts';
import type { MethodParams, MethodResult } from '#shared/contract/derive.ts';
import { handToBrowser } from '../window/defaultBrowser.ts';
import { dialogPrograms } from './dialogs.ts';
import { listFolder, startFolder } from './folders.ts';
import { showDialog } from './showDialog.ts';

export interface NativeOptions {
  /** Whether the window is on a display of this machine, so that a dialog appears where the person is. */
  dialogs: boolean;
  env?: NodeJS.ProcessEnv;
  platform?: NodeJS.Platform;
  home?: string;
}

/** A request that makes no sense, with its code of JSON-RPC. */
export class BadRequest extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** What the host answers by itself, for it is where the window is: choosing a file, opening a link. */
export class NativeCalls {
  readonly #dialogs: boolean;
  readonly #env: NodeJS.ProcessEnv;
  readonly #platform: NodeJS.Platform;
  readonly #home: string;
  readonly #ended = new AbortController();
  #choosing = false;

  constructor({ dialogs, env = process.env, platform = process.platform, home = homedir() }: NativeOptions) {
    this.#dialogs = dialogs;
    this.#env = env;
    this.#platform = platform;
    this.#home = home;
  }

  /** Takes away what is shown. */
  close(): void {
    this.#ended.abort();
  }

  /** Rejects with an AppError or a BadRequest. An abort ends it at once, whatever it comes to then. */
  async call(method: string, params: unknown, signal: AbortSignal): Promise<object> {
    switch (method) {
      case 'native.pickFile':
        return this.#pickFile(parsed(method, params), AbortSignal.any([signal, this.#ended.signal]));
      case 'native.listFolder': {
        const { path, hidden } = parsed(method, params);
        return listFolder(this.#home, path, hidden);
      }
      case 'native.openLink':
        return this.#openLink(parsed(method, params));
      default:
        throw new BadRequest(rpcErrorCodes.methodNotFound, `There is no method ${method}.`);
    }
  }

  async #openLink({ url }: MethodParams<'native.openLink'>): Promise<MethodResult<'native.openLink'>> {
    return {
      opened: this.#dialogs && (await handToBrowser(url, { platform: this.#platform, env: this.#env })),
    };
  }

  async #pickFile(
    { title, start, kind, mode, name = '' }: MethodParams<'native.pickFile'>,
    signal: AbortSignal,
  ): Promise<MethodResult<'native.pickFile'>> {
    if (this.#choosing)
      throw new AppError('RATE_LIMITED', 'A dialog for choosing a file is open already.', {
        hint: 'Answer that one first; it may be behind another window.',
        retry: 'user',
      });
    this.#choosing = true;
    try {
      const folder = await startFolder(this.#home, kind, start);
      const saveAs = mode === 'save' ? basename(name) || 'untitled' : undefined;
      const programs = this.#dialogs ? dialogPrograms(this.#platform) : [];
      const outcome = await showDialog(programs, { title, folder, kind, saveAs }, { env: this.#env, signal });
      return outcome ?? { outcome: 'noDialog', folder };
    } finally {
      this.#choosing = false;
    }
  }
}

function parsed<M extends keyof typeof nativeMethods>(method: M, params: unknown): MethodParams<M> {
  const result = nativeMethods[method].params.safeParse(params ?? {});
  if (!result.success)
    throw new BadRequest(rpcErrorCodes.invalidParams, `The parameters of ${method} are not valid.`);
  return result.data as MethodParams<M>;
}
