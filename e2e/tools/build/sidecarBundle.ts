import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BuildOptions } from 'esbuild';

/** A sidecar that does not end by itself is ended; then it has no kept code, and starts as it would without. */
const limitMs = 20_000;

/** The sidecar as the text of one function, for a script alone is what Node takes compiled code back for. */
export const sidecarOptions: BuildOptions = {
  entryPoints: { sidecar: 'sidecar/main.ts' },
  outExtension: { '.js': '.cjs' },
  format: 'cjs',
  // Code that was kept compiled has lost what an import needs at run time: libraries beside it are required instead.
  supported: { 'dynamic-import': false },
  // pg asks a Response whether it runs at Cloudflare, for which Node 20 would load all of fetch at every start.
  define: { 'import.meta.url': 'bannerUrl', Response: 'undefined' },
  // Text of one byte a character is read, and kept, at half the cost.
  charset: 'ascii',
  banner: {
    js: `(function (exports, require, module, __filename, __dirname) {
const bannerUrl = require('node:url').pathToFileURL(__filename).href;`,
  },
  footer: { js: '})' },
};

/** Writes the entries beside the bundle, and the code that a first start compiles. */
export async function finishSidecar(outDir: string): Promise<void> {
  await copyFile(join(import.meta.dirname, 'sidecarEntry.cjs'), join(outDir, 'main.cjs'));
  // The name by which everybody else starts it.
  await writeFile(join(outDir, 'main.mjs'), "import './main.cjs';\n");
  const dataFolder = await mkdtemp(join(tmpdir(), 'hawser-build-'));
  try {
    await start(outDir, dataFolder);
  } finally {
    await rm(dataFolder, { recursive: true, force: true });
  }
}

/** From the start of the process until a window is attached. */
async function start(outDir: string, dataFolder: string): Promise<void> {
  const program = join(import.meta.dirname, 'keepCode.mjs');
  const child = spawn(process.execPath, [program, outDir, dataFolder], {
    env: { ...process.env, HAWSER_NO_KEYCHAIN: '1' },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
  child.stdin.on('error', () => {});
  const params = { protocolVersion: 1, windowId: 'build' };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'session.attach', params });
  child.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  // The answer, or the end of what was never one.
  child.stdout.once('data', () => child.stdin.end());
  await once(child, 'close');
  clearTimeout(timer);
}
