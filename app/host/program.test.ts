import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { builtModule } from './test/builtModule.ts';
import { createWorkshop, type Workshop } from './test/childSidecar.ts';

let workshop: Workshop;
let entry: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  workshop = await createWorkshop();
  entry = join(workshop.folder, 'host.mjs');
  const installation = { programFile: entry, distFolder: workshop.folder };
  await writeFile(
    entry,
    `import { runProgram } from ${JSON.stringify(builtModule('hostProgram'))};
     await runProgram(process.argv.slice(2), ${JSON.stringify(installation)});`,
  );
});

afterEach(async () => {
  for (const child of children.splice(0)) if (child.exitCode === null) child.kill('SIGKILL');
  await workshop.remove();
});

/** The whole program as a process; `said` is what it has written so far. */
function run(args: string[], env: NodeJS.ProcessEnv = {}) {
  const said = { out: '', err: '' };
  const { DISPLAY: _display, WAYLAND_DISPLAY: _wayland, ...inherited } = process.env;
  const child = spawn(process.execPath, [entry, ...args], {
    // The user's own data folder is none of the tests' business.
    env: { ...inherited, XDG_DATA_HOME: workshop.folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.err += text));
  const exit = once(child, 'close').then(([code]) => code as number | null);
  return { child, said, exit };
}

const addressLine = /^Hawser is at (http:\/\/127\.0\.0\.1:\d+)\/#code=([\w-]{43})$/m;

async function addressOf(said: { out: string }): Promise<{ origin: string; code: string }> {
  await expect.poll(() => said.out, { timeout: 15_000 }).toMatch(addressLine);
  const [, origin = '', code = ''] = addressLine.exec(said.out) ?? [];
  return { origin, code };
}

function askIn(origin: string, code: string): Promise<Response> {
  const headers = { 'Content-Type': 'application/json', Origin: origin };
  return fetch(`${origin}/session`, { method: 'POST', headers, body: JSON.stringify({ code }) });
}

describe('the program', () => {
  it('prints its address when it is to open nothing, runs on, and ends when told to', async () => {
    const { child, said, exit } = run(['--no-open']);
    const { origin, code } = await addressOf(said);
    expect((await askIn(origin, code)).status).toBe(200);
    expect((await askIn(origin, code)).status).toBe(403);
    child.kill('SIGTERM');
    expect(await exit).toBe(0);
    expect(said.err).toBe('');
  });

  it.skipIf(process.platform === 'win32')(
    'waits for what runs when it is told to end, says so, and ends at once when it is told again; a start meanwhile waits',
    async () => {
      const folder = join(workshop.folder, 'data');
      await mkdir(folder);
      const program = await readFile(workshop.sidecarFile, 'utf8');
      const words = JSON.stringify({ code: 'DATA_FOLDER_IN_USE', message: 'It is in use.' });
      await writeFile(
        workshop.sidecarFile,
        `import { existsSync } from 'node:fs';
         if (!process.env.IS_SECOND) process.argv.splice(2, 0, '--busy');
         else if (existsSync(${JSON.stringify(join(folder, 'host.json'))})) {
           process.stderr.write(${JSON.stringify(`${words}\n`)});
           process.exit(3);
         }
         ${program}`,
      );
      const { child, said, exit } = run(['--no-open', '--data-dir', folder]);
      const { origin } = await addressOf(said);
      child.kill('SIGTERM');
      await expect.poll(() => said.out, { timeout: 15_000 }).toContain('Ask again to end at once.');
      expect((await fetch(origin)).status, 'the windows stay').toBe(200);
      const second = run(['--no-open', '--data-dir', folder], { IS_SECOND: '1' });
      await expect.poll(() => second.said.out, { timeout: 15_000 }).toMatch(/This one waits for it\.\n$/);
      child.kill('SIGTERM');
      expect(await exit).toBe(0);
      await addressOf(second.said);
      second.child.kill('SIGTERM');
      expect(await second.exit).toBe(0);
      expect(second.said.err).toBe('');
    },
  );

  it.runIf(process.platform === 'linux')(
    'says that there is no display, prints its address and runs on',
    async () => {
      const { child, said, exit } = run([]);
      const { origin } = await addressOf(said);
      expect(said.out).toContain('There is no display here');
      expect((await fetch(origin)).status).toBe(200);
      child.kill('SIGINT');
      expect(await exit).toBe(0);
    },
  );

  it('passes the data folder on', async () => {
    const folder = join(workshop.folder, 'data');
    await writeFile(
      workshop.sidecarFile,
      `import { writeFileSync } from 'node:fs';
       writeFileSync(${JSON.stringify(join(workshop.folder, 'args'))}, JSON.stringify(process.argv.slice(2)));
       ${await readFile(workshop.sidecarFile, 'utf8')}`,
    );
    const { said } = run(['--no-open', '--data-dir', folder]);
    await addressOf(said);
    expect(JSON.parse(await readFile(join(workshop.folder, 'args'), 'utf8'))).toEqual(['--data-dir', folder]);
  });

  it('prints help, and refuses what it does not know with exit code 2', async () => {
    const help = run(['--help']);
    expect(await help.exit).toBe(0);
    expect(help.said.out).toContain('--data-dir DIR');
    const wrong = run(['--fullscreen']);
    expect(await wrong.exit).toBe(2);
    expect(wrong.said.err).toContain("'--fullscreen'");
  });

  it('ends with the sidecar’s own words and exit code 3 where the data folder is in use', async () => {
    const words = JSON.stringify({ code: 'DATA_FOLDER_IN_USE', message: 'Hawser 4711 uses this folder.' });
    await writeFile(
      workshop.sidecarFile,
      `process.stderr.write(${JSON.stringify(`${words}\n`)}); process.exitCode = 3;`,
    );
    const { said, exit } = run(['--no-open']);
    expect(await exit).toBe(3);
    expect(said.err).toBe('Hawser 4711 uses this folder.\n');
  });

  it('ends with a report where the sidecar cannot live', async () => {
    await writeFile(
      workshop.sidecarFile,
      `throw new Error('no such thing: postgres://ada:hunter2@db/shop');`,
    );
    const { said, exit } = run(['--no-open']);
    expect(await exit).toBe(1);
    expect(said.err).toContain('stopped more than 5 times');
    expect(said.err).toContain('no such thing: postgres://ada:***@db/shop');
    expect(said.err).not.toContain('hunter2');
    expect(said.out).toBe('');
  });

  it('says what is missing and which port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const refused = run(['--no-open', '--port', String(port)]);
    expect(await refused.exit).toBe(1);
    expect(refused.said.err).toContain(`Port ${port} of 127.0.0.1 is taken`);
    taken.close();
    await rm(join(workshop.uiFolder, 'index.html'));
    const unbuilt = run(['--no-open']);
    expect(await unbuilt.exit).toBe(1);
    expect(unbuilt.said.err).toContain('npm run build');
  });
});

/** Puts a program of our own in the place of one that the host looks for. */
async function install(name: string, script: string): Promise<NodeJS.ProcessEnv> {
  const folder = join(workshop.folder, 'bin');
  await mkdir(folder);
  await writeFile(join(folder, name), `#!${process.execPath}\n(async () => {${script}\n})();`);
  await chmod(join(folder, name), 0o755);
  return { PATH: folder, DISPLAY: ':99' };
}

/** What the page does first: it brings the code back. */
const enterBy = `async (address) => {
  const url = new URL(address);
  const headers = { 'Content-Type': 'application/json', Origin: url.origin };
  const body = JSON.stringify({ code: url.hash.slice('#code='.length) });
  await fetch(url.origin + '/session', { method: 'POST', headers, body });
}`;

/** As much of Chromium as the host asks for; `orders` is what it does once its page is there. */
const chromium = (orders: string): string => `
  const fs = require('node:fs');
  const net = require('node:net');
  const folder = ${JSON.stringify(workshop.folder)};
  fs.writeFileSync(folder + '/argv', process.argv.join('\\n'));
  const [input, output] = [new net.Socket({ fd: 3 }), new net.Socket({ fd: 4 })];
  const say = (message) => output.write(JSON.stringify(message) + '\\0');
  const enter = ${enterBy};
  let text = '';
  input.on('end', () => process.exit(0)).on('data', (data) => {
    const parts = (text + data).split('\\0');
    text = parts.pop();
    for (const part of parts) take(JSON.parse(part));
  });
  async function take({ id, method, params, sessionId }) {
    say({ id, result: method === 'Target.attachToTarget' ? { sessionId: 'S' } : {} });
    if (method === 'Target.setDiscoverTargets') {
      say({ method: 'Target.targetCreated', params: { targetInfo: { targetId: 'W', type: 'service_worker' } } });
      say({ method: 'Target.targetCreated', params: { targetInfo: { targetId: 'P', type: 'page' } } });
    }
    if (method === 'Target.activateTarget') fs.writeFileSync(folder + '/raised', params.targetId);
    if (method === 'Browser.close') { fs.writeFileSync(folder + '/asked', ''); process.exit(0); }
    if (method !== 'Page.navigate' || sessionId !== 'S') return;
    await enter(params.url);
    ${orders}
  }`;

describe.runIf(process.platform === 'linux')('the app window', () => {
  it('learns the code by a pipe: it stands on no command line', async () => {
    const env = await install('chromium', chromium(''));
    const { child, said, exit } = run(['--data-dir', join(workshop.folder, 'data')], env);
    await expect.poll(() => said.out, { timeout: 15_000 }).toBe('Hawser is ready.\n');
    const argv = await readFile(join(workshop.folder, 'argv'), 'utf8');
    expect(argv).toMatch(/^--app=http:\/\/127\.0\.0\.1:\d+\/opening$/m);
    expect(argv).toContain(`--user-data-dir=${join(workshop.folder, 'data', 'window')}`);
    expect(argv).not.toContain('code');
    child.kill('SIGTERM');
    expect(await exit).toBe(0);
    expect(await readFile(join(workshop.folder, 'asked'), 'utf8')).toBe('');
  });

  it('ends Hawser when the user closes it', async () => {
    const env = await install('chromium', chromium('setTimeout(() => process.exit(0), 500);'));
    const { said, exit } = run(['--data-dir', join(workshop.folder, 'data')], env);
    expect(await exit).toBe(0);
    expect(said).toEqual({ out: 'Hawser is ready.\n', err: '' });
  });

  it('that comes to nothing leads to the printed address', async () => {
    const env = await install('chromium', 'process.exit(0);');
    const { said } = run(['--data-dir', join(workshop.folder, 'data')], env);
    await addressOf(said);
    expect(said.out).toContain('No window could be opened.');
  });
});

describe.skipIf(process.platform === 'win32')('a second start with one data folder', () => {
  const reached = (path: string) => readFile(path, 'utf8').catch(() => undefined);
  let folder: string;

  /** The true sidecar takes the true lock. */
  beforeEach(async () => {
    folder = join(workshop.folder, 'data');
    const sidecar = join(import.meta.dirname, '../../dist/sidecar/main.cjs');
    await writeFile(join(workshop.folder, 'sidecar', 'main.cjs'), `require(${JSON.stringify(sidecar)});`);
  });
  const start = (args: string[] = ['--no-open'], env: NodeJS.ProcessEnv = {}) =>
    run([...args, '--data-dir', folder], { HAWSER_NO_KEYCHAIN: '1', ...env });

  it('brings the window of the first one to the front, and ends well', async () => {
    const first = start([], await install('chromium', chromium('')));
    await expect.poll(() => first.said.out, { timeout: 15_000 }).toBe('Hawser is ready.\n');
    const second = start();
    expect(await second.exit).toBe(0);
    expect(second.said).toEqual({
      out: 'Hawser runs already with this data folder; its window is in front now.\n',
      err: '',
    });
    await expect.poll(() => reached(join(workshop.folder, 'raised'))).toBe('P');
    const other = run(['--no-open', '--data-dir', join(workshop.folder, 'other')], {
      HAWSER_NO_KEYCHAIN: '1',
    });
    await addressOf(other.said);
  });

  it('is told a new way in where the first one shows nothing; nobody else is', async () => {
    const first = start();
    const { origin } = await addressOf(first.said);
    const file = join(folder, 'host.json');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const second = start();
    expect(await second.exit).toBe(0);
    const { code, origin: same } = await addressOf({
      out: second.said.out.replace(/^.*It is at/, 'Hawser is at'),
    });
    expect(same).toBe(origin);
    expect((await askIn(origin, code)).status).toBe(200);

    const { secret } = JSON.parse(await readFile(file, 'utf8')) as { secret: string };
    const front = (headers: Record<string, string>, method = 'POST') =>
      fetch(`${origin}/front`, { method, headers }).then(({ status }) => status);
    const right = { Authorization: `Bearer ${secret}` };
    expect(await front({ ...right, Origin: origin }), 'a page').toBe(403);
    expect(await front({ ...right, 'Sec-Fetch-Site': 'none' }), 'a browser').toBe(403);
    expect(await front({ Authorization: 'Bearer no' })).toBe(403);
    expect(await front({})).toBe(403);
    expect(await front(right, 'PUT')).toBe(405);
    const statuses: number[] = [];
    for (let count = 0; count < 10; count += 1) statuses.push(await front(right));
    expect(statuses.at(0)).toBe(200);
    expect(statuses.at(-1), 'however right').toBe(429);

    first.child.kill('SIGTERM');
    expect(await first.exit).toBe(0);
    expect(await reached(file)).toBeUndefined();
  });

  it('takes over what a killed one has left, and ends with words where the first one does not answer', async () => {
    const first = start();
    await addressOf(first.said);
    const { pid } = JSON.parse(await readFile(join(folder, 'lock'), 'utf8')) as { pid: number };
    first.child.kill('SIGSTOP');
    await rm(join(folder, 'host.json'));
    const second = start();
    expect(await second.exit).toBe(3);
    expect(second.said.err).toContain(`Another Hawser (process ${pid}) is using this data folder.`);
    process.kill(pid, 'SIGKILL');
    first.child.kill('SIGKILL');
    await first.exit;
    await addressOf(start().said);
  });
});

describe.runIf(process.platform === 'linux')('the default browser', () => {
  it('is given the address, which then is not printed', async () => {
    const { child, said, exit } = run(
      ['--browser'],
      await install('xdg-open', `await (${enterBy})(process.argv[2]);`),
    );
    await expect.poll(() => said.out, { timeout: 15_000 }).toBe('Hawser is ready.\n');
    child.kill('SIGTERM');
    expect(await exit).toBe(0);
  });

  it('that cannot be opened leads to the printed address', async () => {
    const { said } = run([], await install('xdg-open', 'process.exit(3);'));
    await addressOf(said);
    expect(said.out).toContain('No window could be opened.');
  });
});
