import { beforeEach, describe, expect, it } from 'vitest';
import type { MethodInput, MethodName, MethodResult } from '#shared/contract/derive.ts';
import { AppError } from '#shared/error/appError.ts';
import type { Rpc } from '../../lib/rpc/rpc.ts';
import { FolderBrowser } from './folderBrowser.svelte.ts';

const tree: Record<string, readonly string[]> = {
  '/': ['home/'],
  '/home': ['ada/', 'bob/'],
  '/home/ada': ['.ssh/', 'certs/', 'work/', 'ca.pem', 'client.crt', 'Notes of May.txt'],
  '/home/ada/certs': Array.from({ length: 30 }, (_, index) => `${index}.pem`),
  '/home/ada/work': [],
};

/** The host's answers from the tree above; `held` are those that wait. */
class FakeHost implements Rpc {
  held: (() => void)[] | undefined;

  async call<M extends MethodName>(_: M, params: MethodInput<M>): Promise<MethodResult<M>> {
    const { path, hidden } = params as MethodInput<'native.listFolder'>;
    const { held } = this;
    if (held) await new Promise<void>((resolve) => held.push(resolve));
    const cut = path.lastIndexOf('/');
    const [folder, file] = path in tree ? [path] : [path.slice(0, cut), path.slice(cut + 1)];
    const names = tree[folder];
    if (!names || (file !== undefined && !names.includes(file)))
      throw new AppError('FILE_NOT_FOUND', `${path} is not there.`);
    const parent = folder === '/' ? undefined : folder.slice(0, folder.lastIndexOf('/')) || '/';
    const entries = names
      .filter((name) => hidden || !name.startsWith('.'))
      .map((name) => ({
        name: name.replace('/', ''),
        path: `${folder}/${name.replace('/', '')}`,
        kind: name.endsWith('/') ? 'folder' : 'file',
      }));
    return { folder, parent, file, entries, more: false, places: [] } as unknown as MethodResult<M>;
  }
}

const host = new FakeHost();
let browser: FolderBrowser;
const shown = () => [browser.folder, browser.current?.name];

beforeEach(async () => {
  host.held = undefined;
  browser = new FolderBrowser(host, { hidden: false });
  await browser.open('/home/ada');
});

describe('the panel that lists folders', () => {
  it('begins at the first entry, and steps within the list', async () => {
    expect(shown()).toEqual(['/home/ada', 'certs']);
    const after = (...keys: string[]) => {
      for (const key of keys) expect(browser.move(key)).toBe(true);
      return browser.current?.name;
    };
    expect(after('ArrowUp')).toBe('certs');
    expect(after('ArrowDown')).toBe('work');
    expect(after('End', 'ArrowDown')).toBe('Notes of May.txt');
    expect(after('Home')).toBe('certs');
    await browser.open('/home/ada/certs');
    expect(after('PageDown', 'PageDown', 'PageUp', 'ArrowDown')).toBe('11.pem');
    expect(browser.move('F5')).toBe(false);
  });

  it('goes up to where it came from, and stays at the top', async () => {
    await browser.up();
    expect(shown()).toEqual(['/home', 'ada']);
    await browser.up();
    await browser.up();
    expect(shown()).toEqual(['/', 'home']);
  });

  it('finds what is typed, letter by letter and word by word', () => {
    browser.typed('c', 0);
    expect(browser.current?.name).toBe('ca.pem');
    browser.typed('l', 100);
    expect(browser.current?.name).toBe('client.crt');
    browser.typed('c', 5000);
    expect(browser.current?.name, 'goes round').toBe('certs');
    browser.typed('c', 5100);
    expect(browser.current?.name, 'the same letter again').toBe('ca.pem');
    for (const [at, letter] of Array.from('notes o').entries()) browser.typed(letter, 9000 + at);
    expect(browser.current?.name).toBe('Notes of May.txt');
    expect([browser.isTyping(9100), browser.isTyping(12_000)]).toEqual([true, false]);
    browser.typed('x', 20_000);
    expect(browser.current?.name, 'nothing begins so').toBe('Notes of May.txt');
  });

  it('types nothing in an empty folder', async () => {
    await browser.open('/home/ada/work');
    browser.typed('c', 0);
    browser.move('End');
    expect(shown()).toEqual(['/home/ada/work', undefined]);
  });

  it('takes the path of a file for a choice, and of a folder for a way', async () => {
    expect(await browser.open('/home/ada/ca.pem')).toBe('/home/ada/ca.pem');
    expect(shown()).toEqual(['/home/ada', 'ca.pem']);
    expect(await browser.open('/home/ada/certs')).toBeUndefined();
    expect(browser.pathText).toBe('/home/ada/certs');
  });

  it('keeps the folder it shows where another cannot be read, with what was typed', async () => {
    browser.pathText = '/nowhere/x';
    await browser.open('/nowhere/x');
    expect([browser.problem, browser.folder]).toEqual(['/nowhere/x is not there.', '/home/ada']);
    expect(browser.pathText).toBe('/nowhere/x');
    await browser.open('/home');
    expect(browser.problem).toBeUndefined();
  });

  it('keeps its place when hidden names are shown', async () => {
    browser.at = 2;
    await browser.showHidden(true);
    expect(browser.entries[0]?.name).toBe('.ssh');
    expect(browser.current?.name).toBe('ca.pem');
  });

  it('shows what was asked for last, whatever comes last', async () => {
    const held: (() => void)[] = (host.held = []);
    const opened = [browser.open('/home'), browser.open('/home/ada/certs')];
    for (const go of held.reverse()) go();
    await Promise.all(opened);
    expect(browser.folder).toBe('/home/ada/certs');
  });

  it('leaves what is typed while a folder is on its way', async () => {
    const held: (() => void)[] = (host.held = []);
    const opened = browser.open('/home');
    browser.pathText = '/home/ada/certs';
    for (const go of held) go();
    await opened;
    expect([browser.folder, browser.pathText]).toEqual(['/home', '/home/ada/certs']);
  });
});
