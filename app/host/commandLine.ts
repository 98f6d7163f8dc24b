import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export interface HostOptions {
  /** Where to show the app: a window of its own, the default browser, or nowhere (the address is printed). */
  show: 'window' | 'browser' | 'nothing';
  /** Absolute; absent: the platform's own. */
  dataFolder?: string;
  /** 0: the system chooses one. */
  port: number;
  /** Whether the sidecar's log goes to stderr. */
  verbose: boolean;
}

export type CommandLine =
  { kind: 'run'; options: HostOptions } | { kind: 'help'; text: string } | { kind: 'wrong'; message: string };

const usage = `Usage: npm start -- [options]

  --browser        show Hawser in the default browser instead of a window of its own
  --no-open        show nothing; print the address
  --data-dir DIR   keep everything in DIR
  --port N         listen on port N of 127.0.0.1 (default: a free one)
  --verbose        print the log
  --help           print this
`;

export function parseCommandLine(args: readonly string[]): CommandLine {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        browser: { type: 'boolean' },
        'no-open': { type: 'boolean' },
        'data-dir': { type: 'string' },
        port: { type: 'string' },
        verbose: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }));
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error));
  }
  if (values.help) return { kind: 'help', text: usage };
  const port = Number(values.port ?? 0);
  if (values.port !== undefined && (!/^\d{1,5}$/.test(values.port) || port > 65_535)) {
    return wrong(`--port wants a number from 0 to 65535, not "${values.port}".`);
  }
  if (values['data-dir'] === '') return wrong('--data-dir wants the name of a folder.');
  const show = values['no-open'] ? 'nothing' : values.browser ? 'browser' : 'window';
  const options: HostOptions = { show, port, verbose: values.verbose ?? false };
  if (values['data-dir'] !== undefined) options.dataFolder = resolve(values['data-dir']);
  return { kind: 'run', options };
}

const wrong = (message: string): CommandLine => ({ kind: 'wrong', message: `${message}\n\n${usage}` });
