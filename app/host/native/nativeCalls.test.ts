import { chmod, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MethodResult } from '#shared/contract/derive.ts';
import { Host } from '../host.ts';
import { createWorkshop, isAlive, type Workshop } from '../test/childSidecar.ts';
import { enter, PageClient, type PageAnswer, type Pass } from '../test/pageClient.ts';

let workshop: Workshop;
let host: Host;
let pass: Pass;
let home: string;
let bin: string;

beforeEach(async () => {
  workshop = await createWorkshop();
  home = await realpath(await mkdtemp(join(tmpdir(), 'hawser-home-')));
  bin = join(workshop.folder, 'bin');
  for (const name of ['.ssh', '.postgresql', 'certs'].map((name) => join(home, name))) await mkdir(name);
  await mkdir(bin);
  host = await Host.start({
    ...workshop,
    sidecarArgs: [],
    port: 0,
    native: { dialogs: true, platform: 'linux', env: { PATH: bin }, home },
  });
  pass = await enter(host);
});

afterEach(async () => {
  await host.end();
  await workshop.remove();
  await rm(home, { recursive: true });
});

const connect = () => PageClient.connect(host, pass);

/** Puts a program of our own in the place of one that shows a dialog; it notes what it was told. */
async function install(name: string, script: string): Promise<void> {
  const file = join(bin, name);
  await writeFile(file, `#!/bin/sh\nprintf '%s\\n' "$@" > '${bin}/${name}.told'\n${script}\n`);
  await chmod(file, 0o755);
}

const told = async (name: string) => (await readFile(join(bin, `${name}.told`), 'utf8')).split('\n');
const pick = (page: PageClient, more: object = {}) =>
  page.request('native.pickFile', { title: 'Choose a CA certificate', kind: 'certificate', ...more });

describe.runIf(process.platform !== 'win32')('native.pickFile', () => {
  it('gives what was chosen, as it is called', async () => {
    await install('zenity', `printf '%s\\n' '/tmp/with  blanks; $(x).pem '`);
    const { result } = await pick(await connect(), { title: `"; touch '${home}/x' $(id)` });
    expect(result).toEqual({ outcome: 'chosen', path: '/tmp/with  blanks; $(x).pem ' });
    expect(await told('zenity')).toContain(`--title="; touch '${home}/x' $(id)`);
  });

  it.each([
    ['what is typed', { start: 'certs/ca.pem' }, 'certs'],
    ['a folder that is typed', { start: '~/certs' }, 'certs'],
    ['the usual place of certificates', { start: '/nowhere/at/all' }, '.postgresql'],
    ['the usual place of SSH keys', { kind: 'sshKey' }, '.ssh'],
    ['home', { kind: 'passwordFile' }, ''],
  ])('begins at %s', async (_, params, folder) => {
    await install('zenity', 'exit 1');
    expect((await pick(await connect(), params)).result).toEqual({ outcome: 'cancelled' });
    expect(await told('zenity')).toContain(`--filename=${join(home, folder)}/`);
  });

  it('asks for a name to save under, without any folders of the suggested one', async () => {
    await install('zenity', 'echo /tmp/rows.csv');
    const { result } = await pick(await connect(), {
      kind: 'data',
      mode: 'save',
      name: '../../etc/rows.csv',
    });
    expect(result).toEqual({ outcome: 'chosen', path: '/tmp/rows.csv' });
    expect(await told('zenity')).toEqual(
      expect.arrayContaining(['--save', `--filename=${join(home, 'rows.csv')}`]),
    );
  });

  it('turns to the next program where one is missing, has no display or answers nonsense', async () => {
    await install('kdialog', 'echo /tmp/ca.pem');
    const page = await connect();
    const chosen = { outcome: 'chosen', path: '/tmp/ca.pem' };
    expect((await pick(page)).result).toEqual(chosen);
    await install('zenity', 'echo "Gtk: cannot open display: :9" >&2; exit 1');
    expect((await pick(page)).result).toEqual(chosen);
    await install('zenity', 'echo ca.pem');
    expect((await pick(page)).result).toEqual(chosen);
  });

  it('says that there is no dialog, and where to begin without one', async () => {
    expect((await pick(await connect())).result).toEqual({
      outcome: 'noDialog',
      folder: join(home, '.postgresql'),
    });
  });

  describe('while the dialog is open', () => {
    const isOpen = async () => {
      let pid = 0;
      await expect
        .poll(async () => (pid = Number(await readFile(join(bin, 'pid'), 'utf8').catch(() => '0'))))
        .toBeGreaterThan(0);
      return pid;
    };
    const gone = (pid: number) => expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);

    beforeEach(() => install('zenity', `echo $$ > '${bin}/pid'; exec /bin/sleep 60`));

    it('refuses another one, from any window', async () => {
      void pick(await connect());
      await isOpen();
      expect((await pick(await connect())).error?.data?.code).toBe('RATE_LIMITED');
    });

    it('takes it away when the request is cancelled, and shows the next one', async () => {
      const page = await connect();
      const params = { title: 'x', kind: 'certificate' };
      const answer = page.send({ jsonrpc: '2.0', id: 'p', method: 'native.pickFile', params });
      const pid = await isOpen();
      page.socket.send('{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":"p"}}');
      expect((await answer).error?.code).toBe(-32800);
      await gone(pid);
      await install('zenity', 'exit 1');
      expect((await pick(page)).result).toEqual({ outcome: 'cancelled' });
    });

    it('takes it away when its window goes, or the whole program', async () => {
      const page = await connect();
      void pick(page);
      const first = await isOpen();
      page.socket.terminate();
      await gone(first);
      await rm(join(bin, 'pid'));
      void pick(await connect());
      const second = await isOpen();
      await host.end();
      await gone(second);
    });
  });
});

describe('native.listFolder', () => {
  const list = async (path: string, hidden = false): Promise<PageAnswer> =>
    (await connect()).request('native.listFolder', { path, hidden });
  const listing = async (path: string, hidden = false) =>
    (await list(path, hidden)).result as unknown as MethodResult<'native.listFolder'>;

  it('begins at home, with folders first, and knows where keys and certificates are kept', async () => {
    await writeFile(join(home, 'a10.pem'), 'secret contents');
    await writeFile(join(home, 'a9.pem'), '');
    const answer = await list('');
    expect(answer.result).toMatchObject({
      folder: home,
      entries: [
        { name: 'certs', kind: 'folder', path: join(home, 'certs') },
        { name: 'a9.pem', kind: 'file' },
        { name: 'a10.pem', kind: 'file' },
      ],
      more: false,
      places: [
        { label: 'Home', path: home },
        { label: '.ssh', path: join(home, '.ssh') },
        { label: '.postgresql', path: join(home, '.postgresql') },
      ],
    });
    expect(JSON.stringify(answer)).not.toContain('secret contents');
  });

  it('shows hidden names where they are asked for', async () => {
    expect((await listing('~', true)).entries.map(({ name }) => name)).toEqual([
      '.postgresql',
      '.ssh',
      'certs',
    ]);
  });

  it('gives the folder of a file, and says which it is', async () => {
    await writeFile(join(home, 'certs', '.ca.pem'), '');
    const found = await listing('~/certs/.ca.pem');
    expect(found).toMatchObject({ folder: join(home, 'certs'), parent: home, file: '.ca.pem' });
    expect(found.entries.map(({ name }) => name)).toEqual(['.ca.pem']);
  });

  it.runIf(process.platform !== 'win32')(
    'follows links, and leaves out those that lead nowhere',
    async () => {
      await symlink(join(home, '.ssh'), join(home, 'certs', 'keys'));
      await symlink('/nowhere', join(home, 'certs', 'dead'));
      expect((await listing('certs')).entries).toMatchObject([{ name: 'keys', kind: 'folder' }]);
      expect((await listing('/')).parent).toBeUndefined();
    },
  );

  it('lists a part of what nobody looks through, and says so', async () => {
    const names = Array.from({ length: 2001 }, (_, index) => join(home, 'certs', `${index}.pem`));
    await Promise.all(names.map((name) => writeFile(name, '')));
    const { entries, more } = await listing('certs');
    expect([entries.length, more]).toEqual([2000, true]);
  });

  it('says why a folder cannot be listed', async () => {
    const { error } = await list('/nowhere');
    expect(error?.data).toMatchObject({ code: 'FILE_NOT_FOUND', message: '/nowhere is not there.' });
    expect((await list('x\0y')).error?.data?.code).toBe('FILE_NOT_FOUND');
  });
});

describe.runIf(process.platform !== 'win32')('native.openLink', () => {
  it('hands a page of the web to the browser, and nothing else', async () => {
    await install('xdg-open', 'exit 0');
    const page = await connect();
    const url = 'https://example.org/?q=a%20b&c=$(id)';
    expect((await page.request('native.openLink', { url })).result).toEqual({ opened: true });
    expect(await told('xdg-open')).toContain(url);
    for (const refused of ['http://example.org', 'file:///etc/passwd', 'javascript:alert(1)', '-x'])
      expect((await page.request('native.openLink', { url: refused })).error?.code).toBe(-32602);
  });

  it('says so where there is no browser', async () => {
    const { result } = await (await connect()).request('native.openLink', { url: 'https://example.org/' });
    expect(result).toEqual({ opened: false });
  });
});
