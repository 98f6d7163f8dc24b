// `npm start`. Plain JavaScript, because it speaks before anything is installed: it says what is missing, builds
// what is stale, and starts the app with the arguments given to it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

const parentLookMs = 500;

/** @returns {string | undefined} what stands in the way of starting, in words for the user. */
function obstacle() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    return `Hawser needs Node.js 20.19 or newer; this is ${process.versions.node}. Get one from nodejs.org.`;
  }
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const missing = Object.keys(dependencies).filter((name) => !existsSync(join(root, 'node_modules', name)));
  if (missing.length === 0) return undefined;
  return `Hawser's libraries are not installed yet (${missing.slice(0, 3).join(', ')}...). Run: npm install`;
}

/** In a process of its own: this one stays as long as the app, and a builder takes half a gigabyte. */
async function buildWhatIsStale() {
  const builder = spawn(process.execPath, ['--import', 'tsx', 'e2e/tools/build.ts', '--stale'], {
    cwd: root,
    stdio: 'inherit',
  });
  const [code] = await once(builder, 'exit');
  return code === 0;
}

/**
 * npm runs this under a shell and sends signals to that shell, which dies of them without passing them on: the app
 * would stay behind with nobody left to end it. Its death is seen by the change of our parent.
 * @param {() => void} end
 */
function endWithNpm(end) {
  if (process.env.npm_lifecycle_event !== 'start') return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    end();
  }, parentLookMs);
  timer.unref();
}

function startHost() {
  const host = spawn(process.execPath, [join(root, 'dist/host/main.mjs'), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    // A terminal sends Ctrl+C to the whole group, so the app has it already; a second one would mean haste.
    const fromTerminal = signal === 'SIGINT' && process.stdin.isTTY;
    process.on(signal, () => fromTerminal || host.kill(signal));
  }
  endWithNpm(() => host.kill('SIGTERM'));
  host.once('exit', (code, signal) => {
    process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0));
  });
}

const words = obstacle();
if (words) {
  console.error(words);
  process.exit(1);
}
if (!(await buildWhatIsStale())) {
  console.error('Hawser could not be built, so it was not started.');
  process.exit(1);
}
startHost();
