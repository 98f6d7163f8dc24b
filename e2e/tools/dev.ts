import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { join } from 'node:path';
import { build } from './build/build.ts';
import { root } from './root.ts';

// `npm run dev`: builds what changed and starts the app again where it has to. A change of the page alone only
// asks for a reload, for the app serves what is in `dist/ui` at that moment.

// An editor writes a file in several steps, and a checkout writes many files: one build for all of them.
const settleMs = 150;

let host: ChildProcess | undefined;
let timer: NodeJS.Timeout | undefined;
let working = Promise.resolve();

async function rebuild(): Promise<void> {
  try {
    const made = await build(root);
    if (host && made.length === 0) return;
    if (host && made.every((name) => name === 'ui')) console.error('Reload the page to see it.');
    else await restart();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
  }
}

async function restart(): Promise<void> {
  if (host && host.exitCode === null && host.signalCode === null) {
    host.kill('SIGTERM');
    await once(host, 'exit');
  }
  host = spawn(process.execPath, [join(root, 'dist/host/main.mjs'), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
}

function changed(): void {
  clearTimeout(timer);
  timer = setTimeout(() => {
    working = working.then(rebuild);
  }, settleMs);
}

for (const folder of ['shared', 'sidecar', 'app']) watch(join(root, folder), { recursive: true }, changed);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    host?.kill(signal);
    process.exit(0);
  });
}
changed();
