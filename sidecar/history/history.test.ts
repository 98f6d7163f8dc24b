import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { AppError } from '#shared/error/appError.ts';
import type { MethodParams } from '#shared/contract/derive.ts';
import { systemClock } from '../lib/clock.ts';
import { tempFolder } from '../test/tempFolder.ts';
import type { RanEntry } from './entryLine.ts';
import { History } from './history.ts';

const dayMs = 86_400_000;
const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

async function folder(): Promise<string> {
  const { path, remove } = await tempFolder();
  cleanUps.push(remove);
  return path;
}

interface World {
  path?: string;
  now?: () => number;
  enabled?: () => boolean;
}

async function start({ path, now = () => Date.now(), enabled = () => true }: World = {}) {
  const file = path ?? join(await folder(), 'history.jsonl');
  const problems: (AppError | undefined)[] = [];
  const history = new History({
    path: file,
    clock: { ...systemClock, now },
    settings: () => ({ historyEnabled: enabled(), retentionDays: 30 }),
    clean: (text) => text.replaceAll('hunter2', '[redacted]'),
    onProblem: (problem) => problems.push(problem),
  });
  cleanUps.push(() => history.close());
  return { history, path: file, problems };
}

const ran = (text: string, more: Partial<RanEntry> = {}): RanEntry => ({
  at: Date.now(),
  sessionId: 's',
  tabId: 't',
  connectionId: 'shop',
  connection: 'Shop',
  database: 'shop',
  durationMs: 1,
  outcome: 'done',
  text,
  ...more,
});

type Search = Omit<MethodParams<'history.search'>, 'limit'> & { limit?: number };
const textsOf = async (history: History, search: Search = {}): Promise<string[]> =>
  (await history.search({ limit: 200, ...search })).entries.map(({ text }) => text);

/** All pages of a search. */
async function allOf(history: History, search: Search = {}): Promise<number[]> {
  const ids: number[] = [];
  for (let before: number | undefined; ;) {
    const page = await history.search({ limit: 200, ...search, ...(before === undefined ? {} : { before }) });
    ids.push(...page.entries.map(({ id }) => id));
    if (page.complete) return ids;
    before = page.next ?? before;
  }
}

const failed = {
  outcome: 'failed',
  error: { code: 'QUERY_FAILED', message: 'No table Xyzzy', sqlstate: '42P01' },
} as const;

describe('the history', () => {
  it('gives what was run, newest first, and finds it by parts of words in any case, and by what the server said', async () => {
    const { history } = await start();
    history.record(ran('select * from Orders\nwhere "größe" = E\'a\\nb\''));
    history.record(ran('delete from customers', { connectionId: 'live', rows: 3, commandTag: 'DELETE 3' }));
    history.record(ran('select 1 from xx', failed));
    expect(await textsOf(history)).toHaveLength(3);
    expect(await textsOf(history, { text: 'RDERS sel' })).toEqual([expect.stringContaining('Orders')]);
    expect(await textsOf(history, { text: 'GRÖSSE' })).toEqual([]);
    expect(await textsOf(history, { text: 'GRÖß' })).toHaveLength(1);
    expect(await textsOf(history, { text: `"größe" e'a\\nb` })).toHaveLength(1);
    expect(await textsOf(history, { text: 'xyzzy' })).toEqual(['select 1 from xx']);
    expect(await textsOf(history, { text: 'outcome' })).toEqual([]);
    expect(await textsOf(history, { connectionId: 'live' })).toEqual(['delete from customers']);
    expect(await textsOf(history, { outcomes: ['failed', 'lost'] })).toEqual(['select 1 from xx']);
    const { entries } = await history.search({ limit: 1, text: 'customers' });
    expect(entries[0]).toMatchObject({
      rows: 3,
      commandTag: 'DELETE 3',
      connection: 'Shop',
      favourite: false,
    });
  });

  it('is found again by the next process, over many blocks and pages', async () => {
    const { history, path } = await start();
    const old = Date.now() - 3 * dayMs;
    for (let at = 1; at <= 900; at += 1)
      history.record(
        ran(`select ${at} from t${at % 7 === 0 ? ' -- seven' : ''}`, { at: at < 500 ? old : Date.now() }),
      );
    await history.close();
    expect((await stat(path)).mode & 0o777).toBe(0o600);

    const { history: next } = await start({ path });
    next.record(ran('select 901'));
    expect((await allOf(next)).length).toBe(901);
    expect(await allOf(next, { text: 'seven' })).toEqual(
      Array.from({ length: 128 }, (_, at) => 896 - at * 7),
    );
    expect(await allOf(next, { text: 'select 17 ' })).toContain(17);
    expect((await allOf(next, { to: old + dayMs })).length).toBe(499);
    expect(await allOf(next, { text: 'nowhere' })).toEqual([]);
    expect((await next.get(3)).text).toBe('select 3 from t');
  });

  it('leaves out and counts what is damaged, and makes the index anew where it does not fit', async () => {
    const { history, path } = await start();
    for (let at = 1; at <= 600; at += 1) history.record(ran(`select ${at}`));
    await history.close();
    const lines = (await readFile(path, 'utf8')).split('\n');
    lines[10] = '\u0000'.repeat(80);
    await writeFile(path, `${lines.join('\n')}{"favourite":0,"id":601,"at":1`);
    const index = `${path}.index`;
    for (const damage of ['', 'nonsense', (await readFile(index)).subarray(7)]) {
      await writeFile(index, damage);
      const { history: next } = await start({ path });
      const ids = await allOf(next);
      expect([ids.length, ids.includes(11), ids.includes(12)]).toEqual([599, false, true]);
      next.record(ran('and on'));
      const { entries, damaged } = await next.search({ limit: 1, text: 'and on' });
      expect(entries[0]?.id).toBeGreaterThan(600);
      expect(damaged).toBe(0);
      await next.remove([entries[0]?.id ?? 0]);
      await next.close();
    }
    const { history: last } = await start({ path });
    expect((await last.search({ limit: 200 })).damaged).toBe(1);
  });

  it('makes an index anew that is damaged in its midst, and finds all that there is', async () => {
    const { history, path } = await start();
    for (let at = 1; at <= 900; at += 1) history.record(ran(`select ${at}`));
    await history.close();
    const index = await readFile(`${path}.index`);
    const damaged = Buffer.from(index).fill(0, 40, 60);
    for (let time = 1; time <= 2; time += 1) {
      await writeFile(`${path}.index`, damaged);
      const { history: next } = await start({ path });
      expect((await allOf(next, { text: 'select 7' })).length).toBe(252);
      expect((await next.get(3)).text).toBe('select 3');
      await next.close();
      expect(await readFile(`${path}.index`)).toEqual(index);
    }
    await writeFile(`${path}.index`, damaged);
    const { history: last } = await start({ path });
    expect((await last.get(450)).text).toBe('select 450');
  });

  it('keeps favourites as such, and nothing of what is removed', async () => {
    const { history, path } = await start();
    for (let at = 1; at <= 300; at += 1) history.record(ran(`select 'secret ${at}'`));
    await history.flush();
    await history.setFavourite(5, true);
    await history.setFavourite(299, true);
    await history.setFavourite(300, true);
    await history.setFavourite(300, false);
    expect(await history.remove([7, 298, 298, 4_000])).toBe(2);
    const { history: next } = await (await history.close(), start({ path }));
    expect(await allOf(next, { favourite: true })).toEqual([299, 5]);
    expect(await allOf(next, { text: 'secret 298' })).toEqual([]);
    const text = await readFile(path, 'utf8');
    expect(text).not.toContain("secret 7'");
    expect(text).not.toContain('secret 298');
    await expect(next.get(7)).rejects.toMatchObject({ code: 'NOT_FOUND' });

    expect(await next.clear({ text: 'secret 1' })).toBe(138);
    expect((await allOf(next)).length).toBe(300 - 2 - 138);
    expect(await next.clear({})).toBe(300 - 2 - 138 - 2);
    expect(await allOf(next)).toEqual([299, 5]);
    expect(await next.clear({ favourite: true })).toBe(2);
    expect((await stat(path)).size).toBe(0);
  });

  it('shows nothing that has expired, and writes the journal anew without it while others write', async () => {
    let now = Date.now();
    const { history, path } = await start({ now: () => now });
    for (let at = 1; at <= 600; at += 1) history.record(ran(`select ${at}`, { at: now }));
    await history.flush();
    await history.setFavourite(300, true);
    now += 31 * dayMs;
    history.record(ran('select now()', { at: now }));
    expect(await textsOf(history)).toEqual(['select now()', 'select 300']);
    const { size } = await stat(path);
    const swept = history.sweep();
    for (let at = 0; at < 5; at += 1) history.record(ran(`select 'meanwhile ${at}'`, { at: now }));
    await history.flush();
    await swept;
    expect((await stat(path)).size).toBeLessThan(size / 50);
    expect(await allOf(history)).toEqual([606, 605, 604, 603, 602, 601, 300]);
  });

  it('goes on in memory where it cannot be written, says so once, and writes it all as soon as that can be done', async () => {
    const { history, path, problems } = await start({ path: join(await folder(), 'gone', 'history.jsonl') });
    history.record(ran('select 1'));
    await history.flush();
    history.record(ran('select 2'));
    await history.flush();
    expect(await textsOf(history)).toEqual(['select 2', 'select 1']);
    expect((await history.get(2)).text).toBe('select 2');
    expect(problems.map((problem) => problem?.code)).toEqual(['STORE_READ_ONLY']);
    for (const text of ['select 3', 'select 4', 'drop 5']) history.record(ran(text));
    expect(await history.remove([3, 4])).toBe(2);
    expect(await textsOf(history)).toEqual(['drop 5', 'select 2', 'select 1']);
    expect(await history.clear({ text: 'drop' })).toBe(1);
    await mkdir(dirname(path));
    await history.flush();
    expect(problems.at(-1)).toBeUndefined();
    expect(await textsOf(history)).toEqual(['select 2', 'select 1']);
  });

  it('says in words why what was to be cleared is there still', async () => {
    const { history, path } = await start();
    history.record(ran('select 1'));
    history.record(ran('select 2'));
    await history.flush();
    await mkdir(`${path}.new/in the way`, { recursive: true });
    await expect(history.clear({ text: '2' })).rejects.toMatchObject({
      code: 'STORE_READ_ONLY',
      message: 'The history could not be changed.',
    });
    expect(await textsOf(history)).toEqual(['select 2', 'select 1']);
  });

  it('holds no secret, and nothing at all while it is turned off', async () => {
    let enabled = true;
    const { history, path } = await start({ enabled: () => enabled });
    history.record(ran("select 'hunter2'", { error: { code: 'QUERY_FAILED', message: 'hunter2?' } }));
    enabled = false;
    history.record(ran('select 2'));
    await history.flush();
    const text = await readFile(path, 'utf8');
    expect(text).not.toContain('hunter2');
    expect(text).not.toContain('select 2');
    // Not even how long it was.
    expect((await history.get(1)).length).toBe("select '[redacted]'".length);
  });

  it('reads and writes nothing before it has anything to do', async () => {
    const { path } = await start();
    await expect(stat(path)).rejects.toThrow();
  });

  it('gives the beginning of a long statement in a list, and the whole of it where it is asked for', async () => {
    const { history } = await start();
    history.record(ran(`select '${'x'.repeat(100_000)}'`));
    const { entries } = await history.search({ limit: 1 });
    expect([entries[0]?.text.length, entries[0]?.length]).toEqual([2_000, 100_009]);
    expect((await history.get(1)).text).toHaveLength(100_009);
    history.record(ran(`${'y'.repeat(256 * 1024 - 3)}hunter2${'y'.repeat(9_000)}`));
    const { text, length } = await history.get(2);
    expect([text.slice(-5), text.length, length]).toEqual(['yy[re', 256 * 1024, 256 * 1024 + 9_004]);
  });
});
