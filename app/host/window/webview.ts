import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { ChildWindow } from './childWindow.ts';
import type { OpenedWindow, OpenWindow, WindowOptions } from './port.ts';
import { webviewPackage } from './webviewProcess.ts';

/** The binding asks for it. */
const oldestNode = 24;

/**
 * The system's own webview, in a process of its own: a fault in native code then closes a window and not the host, and a
 * window that is being dragged does not hold up the relay. `programFile` is the host's, called with `flag`.
 */
export function webviewOpener(programFile: string, flag: string): OpenWindow {
  return (options) => Promise.resolve(start(programFile, flag, options));
}

function start(programFile: string, flag: string, options: WindowOptions): OpenedWindow | undefined {
  if (Number(process.versions.node.split('.', 1)[0]) < oldestNode || !isInstalled(programFile))
    return undefined;
  const child = spawn(process.execPath, [programFile, flag], {
    stdio: ['pipe', 'ignore', 'ignore'],
    windowsHide: true,
    detached: process.platform !== 'win32',
  });
  // The end of its input tells the window process to end, also where this process was killed.
  const window = new ChildWindow(child, {
    close: () => child.stdin.end(),
    raise: () => child.stdin.write('raise\n'),
  });
  child.stdin.write(`${JSON.stringify(options)}\n`);
  return window;
}

function isInstalled(programFile: string): boolean {
  try {
    createRequire(programFile).resolve(webviewPackage);
    return true;
  } catch {
    return false;
  }
}
