import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { root } from './root.ts';

let folder: string;
let started: ChildProcess[] = [];
/** The small program as its first start has left it, and what that start came to: a build takes seconds. */
let built: { folder: string; code: number | null; output: string };

beforeAll(async () => {
  await makeFolder();
  await writeSmallProgram();
  built = { folder, ...(await run('--no-open')) };
});
afterAll(() => rm(built.folder, { recursive: true, force: true }));

beforeEach(makeFolder);

async function makeFolder(): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), 'hawser-start-'));
  await cp(join(root, 'e2e/tools'), join(folder, 'e2e/tools'), { recursive: true });
  for (const file of [
    'package.json',
    'package-lock.json',
    'tsconfig.base.json',
    'vite.config.ts',
    'svelte.config.js',
  ]) {
    await cp(join(root, file), join(folder, file));
  }
}

afterEach(async () => {
  for (const child of started) child.kill('SIGKILL');
  started = [];
  await rm(folder, { recursive: true, force: true });
});

const write = async (path: string, text: string): Promise<void> => {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
};

/** A program of the same shape as the real one, so small that it is built in no time. */
async function writeSmallProgram(): Promise<void> {
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  await write('shared/words.ts', "export const greeting: string = 'ahoy';\n");
  await write('sidecar/main.ts', 'console.log(typeof require, __dirname);\n');
  await write('app/ui/index.html', '<!doctype html><script type="module" src="./main.ts"></script>');
  await write('app/ui/main.ts', "import { greeting } from '#shared/words.ts';\ndocument.title = greeting;\n");
  await write(
    'app/host/main.ts',
    `import { greeting } from '#shared/words.ts';
process.on('SIGTERM', () => process.exit(9));
console.log(greeting, ...process.argv.slice(2));
if (process.argv.includes('--stay')) setInterval(() => undefined, 1000);
else process.exitCode = 7;
`,
  );
}

const takeBuilt = (): Promise<void> => cp(built.folder, folder, { recursive: true });

function start(...args: string[]) {
  const child = spawn(process.execPath, ['e2e/tools/start.mjs', ...args], { cwd: folder });
  started.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  }
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { child, ended, output: () => output };
}

async function childrenOf({ pid }: ChildProcess): Promise<string[]> {
  return (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ');
}

async function run(...args: string[]): Promise<{ code: number | null; output: string }> {
  const { ended, output } = start(...args);
  return { code: await ended, output: output() };
}

describe('npm start', () => {
  it('asks for npm install where nothing is installed', async () => {
    const { code, output } = await run();
    expect(output).toContain('Run: npm install');
    expect(code).toBe(1);
  });

  it('builds, and hands arguments in and the exit code out', async () => {
    const { code, output } = built;
    expect(output).toContain('ahoy --no-open');
    expect(code).toBe(7);
    expect(await readFile(join(built.folder, 'dist/ui/index.html'), 'utf8')).toContain('<script');
  });

  it('builds only what changed, by content', async () => {
    await takeBuilt();
    expect((await run()).output).not.toContain('Built');
    await write('app/host/some.test.ts', '// A test is no part of the program.\n');
    await write('app/ui/main.ts', 'document.title = "other";\n');
    const { output } = await run();
    expect(output).toContain('Built dist/ui');
    expect(output).not.toMatch(/Built dist\/(host|sidecar)/);
  });

  it('keeps what worked where a build fails, and does not start', async () => {
    await takeBuilt();
    await write('app/host/main.ts', 'this is no program\n');
    const { code, output } = await run();
    expect(code).toBe(1);
    expect(output).toContain('was not started');
    expect(await readFile(join(folder, 'dist/host/main.mjs'), 'utf8')).toContain('ahoy');
  });

  it('names an entry that is missing', async () => {
    await writeSmallProgram();
    await rm(join(folder, 'sidecar/main.ts'));
    expect((await run()).output).toContain('sidecar/main.ts is missing');
  });

  it.skipIf(process.platform === 'win32')('passes on the signal that ends it', async () => {
    await takeBuilt();
    await write('app/host/more.ts', 'export {};\n');
    const { child, ended, output } = start('--stay');
    while (!output().includes('ahoy')) await once(child.stdout, 'data');
    // The app alone: what builds it would stay as long, with half a gigabyte.
    if (process.platform === 'linux') expect(await childrenOf(child)).toHaveLength(1);
    child.kill('SIGTERM');
    expect(await ended).toBe(9);
  });

  it.skipIf(process.platform === 'win32')(
    'ends when npm is ended, whose shell passes nothing on',
    async () => {
      await takeBuilt();
      const env = { ...process.env, npm_lifecycle_event: 'start' };
      const command = `"${process.execPath}" e2e/tools/start.mjs --stay; exit 1`;
      const shell = spawn('sh', ['-c', command], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
      started.push(shell);
      await once(shell.stdout, 'data');
      shell.kill('SIGKILL');
      // The app holds the other end of the pipe: it is closed once the app is gone.
      await once(shell.stdout, 'close');
    },
  );
});

describe('the bundle of the sidecar', () => {
  it('gives libraries what CommonJS has', async () => {
    await takeBuilt();
    const child = spawn(process.execPath, ['dist/sidecar/main.mjs'], { cwd: folder });
    const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
    expect(chunk.toString()).toContain(`function ${join(folder, 'dist/sidecar')}`);
  });
});
