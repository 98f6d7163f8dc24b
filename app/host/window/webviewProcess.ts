import { createInterface } from 'node:readline';
import type { WindowOptions } from './port.ts';

export const webviewPackage = '@webviewjs/webview';

/** What is used of the binding; it is optional, so its own declarations may not be there. */
interface WebviewBinding {
  Application: new () => {
    createBrowserWindow(options: { title: string; width: number; height: number; logical: boolean }): {
      setMinimized(value: boolean): void;
      focus(): void;
      createWebview(options: {
        url: string;
        webContext: object;
        navigationHandler: (url: string) => boolean;
        newWindowHandler: () => boolean;
      }): object;
    };
    createWebContext(options: { dataDirectory: string }): object;
    on(event: 'application-close-requested', listener: () => void): void;
    whenReady(): Promise<void>;
    exit(): void;
  };
}

/**
 * The whole of the window process: reads one line of options from stdin, shows the page, raises it at each line `raise`, and exits when the window is
 * closed or stdin ends. It exits with 1 where the binding cannot be loaded or has no display.
 */
export async function runWindowProcess(): Promise<void> {
  const lines = createInterface({ input: process.stdin });
  const first = new Promise<string>((resolve) => lines.once('line', resolve));
  lines.once('close', () => process.exit(0));
  const options = JSON.parse(await first) as WindowOptions;
  try {
    const raise = await show(options);
    lines.on('line', (line) => line === 'raise' && raise());
  } catch {
    process.exit(1);
  }
}

/** Returns what brings the window to the front. */
async function show({ url, origin, profileFolder }: WindowOptions): Promise<() => void> {
  // The binding is written in CommonJS, so its names may stand on the default export.
  const loaded = (await import(webviewPackage)) as WebviewBinding & { default?: WebviewBinding };
  const { Application } = loaded.default ?? loaded;
  const application = new Application();
  application.on('application-close-requested', () => {
    application.exit();
    process.exit(0);
  });
  await application.whenReady();
  const window = application.createBrowserWindow({
    title: 'Hawser',
    width: 1360,
    height: 860,
    logical: true,
  });
  const view = window.createWebview({
    url,
    webContext: application.createWebContext({ dataDirectory: profileFolder }),
    // The page never leaves its own address, whatever it is made to show.
    navigationHandler: (target) => target === origin || target.startsWith(`${origin}/`),
    newWindowHandler: () => false,
  });
  // The binding's documentation asks to keep the view: a collected wrapper takes its events along.
  process.once('exit', () => view);
  return () => {
    window.setMinimized(false);
    window.focus();
  };
}
