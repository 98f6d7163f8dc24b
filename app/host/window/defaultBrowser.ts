import { spawn } from 'node:child_process';
import type { OpenedWindow, WindowOptions } from './port.ts';

/** The programs that open an address end at once when they have handed it over. */
const handOverMs = 10_000;

/**
 * Hands the address to the user's browser. There is no way to do so but on a command line, so for a moment the code can be
 * read by other users of the machine; it is dead once the page has used it, and whoever were faster would be noticed.
 */
export async function openDefaultBrowser({ url }: WindowOptions): Promise<OpenedWindow | undefined> {
  if (!(await handToBrowser(url))) return undefined;
  return { closed: new Promise(() => undefined), close: () => Promise.resolve() };
}

/** False where there is no browser to hand it to. */
export function handToBrowser(
  url: string,
  { platform = process.platform, env = process.env }: Partial<Pick<NodeJS.Process, 'platform' | 'env'>> = {},
): Promise<boolean> {
  const [program, ...args] = browserCommand(platform, url);
  return new Promise<boolean>((resolve) => {
    const child = spawn(program, args, { stdio: 'ignore', detached: true, env });
    const timer = setTimeout(() => resolve(true), handOverMs);
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
    child.once('close', () => clearTimeout(timer));
    child.unref();
  });
}

export function browserCommand(platform: NodeJS.Platform, url: string): [string, ...string[]] {
  if (platform === 'darwin') return ['open', url];
  // `start` is a word of the command interpreter, which would read signs in the address as its own.
  if (platform === 'win32') return ['rundll32.exe', 'url.dll,FileProtocolHandler', url];
  return ['xdg-open', url];
}
