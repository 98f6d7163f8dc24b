import { pino, type DestinationStream, type Logger } from 'pino';
import type { Redactor } from './redactor.ts';
import { LogStream } from './logStream.ts';

export type { Logger } from 'pino';
export { Redactor } from './redactor.ts';

export interface LogOptions {
  level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
  redactor: Redactor;
  /** Where the lines go; stderr if not said. */
  destination?: DestinationStream & { flush?: (done: () => void) => void };
  /** Given each line too, for whoever wants to see the last ones. */
  keep?: (line: string) => void;
}

/**
 * The log of the process: one JSON object a line (`level` as a word, `time` in Unix milliseconds, `msg`). Every line
 * passes the redactor on its way out, as a whole, so that nothing can be logged around it: messages, fields, errors
 * with their stacks and causes, and what child loggers add. `log.flush(done)` before the process ends lets the last
 * lines out.
 */
export function createLog({ level, redactor, destination = new LogStream(), keep }: LogOptions): Logger {
  const gate = {
    write: (line: string) => {
      const clean = JSON.stringify(redactor.cleanValue(parse(line)));
      keep?.(clean);
      destination.write(`${clean}\n`);
    },
    flush: (done: () => void) => (destination.flush ? destination.flush(done) : done()),
  };
  return pino(
    { level, base: { pid: process.pid }, formatters: { level: (label) => ({ level: label }) } },
    gate,
  );
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return { level: 'error', msg: 'A line of the log could not be read back and is left out.' };
  }
}
