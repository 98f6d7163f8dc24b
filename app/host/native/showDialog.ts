import { spawn } from 'node:child_process';
import { isAbsolute } from 'node:path';
import type { DialogProgram, DialogRequest } from './dialogs.ts';

export type DialogOutcome = { outcome: 'chosen'; path: string } | { outcome: 'cancelled' };

/** More than any path has. */
const maxOutput = 64 * 1024;

interface Ended {
  /** Null where it was ended by a signal. */
  code: number | null;
  output: string;
  complaint: string;
}

/** Shows the dialog of the first program that can; undefined where none can. The signal takes it away again. */
export async function showDialog(
  programs: readonly DialogProgram[],
  request: DialogRequest,
  { env, signal }: { env: NodeJS.ProcessEnv; signal: AbortSignal },
): Promise<DialogOutcome | undefined> {
  for (const program of programs) {
    const ended = await run(program, request, env, signal);
    if (signal.aborted) return { outcome: 'cancelled' };
    const outcome = ended && outcomeOf(program, ended);
    if (outcome) return outcome;
  }
  return undefined;
}

function outcomeOf(program: DialogProgram, { code, output, complaint }: Ended): DialogOutcome | undefined {
  if (program.wasCancelled(code, complaint)) return { outcome: 'cancelled' };
  // A name may end in a line break of its own; the program adds one at most.
  const path = output.replace(/\r?\n$/, '');
  return code === 0 && isAbsolute(path) ? { outcome: 'chosen', path } : undefined;
}

/** Undefined where there is no such program. */
function run(
  program: DialogProgram,
  request: DialogRequest,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<Ended | undefined> {
  return new Promise((resolve) => {
    const child = spawn(program.name, program.args(request), {
      env: { ...env, ...program.variables?.(request) },
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
      signal,
    });
    const texts = { output: '', complaint: '' };
    const collect = (stream: NodeJS.ReadableStream, name: keyof typeof texts) =>
      stream.setEncoding('utf8').on('data', (text: string) => {
        if (texts[name].length < maxOutput) texts[name] += text;
      });
    collect(child.stdout, 'output');
    collect(child.stderr, 'complaint');
    child.once('error', () => resolve(undefined));
    child.once('close', (code) => resolve({ code, ...texts }));
  });
}
