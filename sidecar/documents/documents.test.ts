import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { maxFrameBytes } from '#shared/contract/protocol.ts';
import type { Document } from '#shared/documents/document.ts';
import { openDataFolder, type DataFolder } from '../storage/dataFolder.ts';
import { Documents, maxTotalBytes } from './documents.ts';

let base: string;
let folder: DataFolder;
let documents: Documents;
beforeEach(async () => {
  base = mkdtempSync(join(tmpdir(), 'hawser-documents-'));
  folder = await openDataFolder(base);
  documents = await Documents.open(folder);
});
afterEach(async () => {
  await documents.close();
  await folder.close();
  rmSync(base, { recursive: true, force: true });
});

const document = (title: string, text = '', more: Partial<Document> = {}): Document => ({
  id: randomUUID(),
  title,
  text,
  ...more,
});
const titles = () => documents.list().map(({ title }) => title);
const stored = () =>
  (JSON.parse(readFileSync(folder.paths.documents, 'utf8')) as { documents: Document[] }).documents;

it('tells who changed what, and no two versions of a document apart by nothing', async () => {
  const tab = document('a', 'first');
  const heard: unknown[] = [];
  documents.events.on((event) => heard.push(event));
  const first = await documents.save(tab, 'one');
  const second = await documents.save({ ...tab, text: 'second', savedAt: 1 }, 'two');
  expect(second.savedAt).toBeGreaterThan(first.savedAt);
  await documents.remove(tab.id, 'one');
  await documents.remove(tab.id, 'two');
  expect(heard).toEqual([
    { id: tab.id, by: 'one', document: { ...tab, ...first }, before: undefined },
    {
      id: tab.id,
      by: 'two',
      document: { ...tab, text: 'second', ...second },
      before: { ...tab, ...first },
    },
    { id: tab.id, by: 'one', before: { ...tab, text: 'second', ...second } },
  ]);
});

describe('the texts of tabs', () => {
  it('are accepted at once and on disk soon after, however many tabs save together', async () => {
    const tabs = Array.from({ length: 40 }, (_, index) => document(`tab ${index}`));
    const answers = await Promise.all(
      tabs.flatMap((tab) => [documents.save(tab), documents.save({ ...tab, text: 'x' })]),
    );
    // The second save of a document may be a millisecond ahead, so that the two can be told apart.
    expect(answers.every(({ savedAt }) => savedAt <= Date.now() + 1 && savedAt > Date.now() - 60_000)).toBe(
      true,
    );
    expect(titles()).toEqual(tabs.map(({ title }) => title));
    await expect.poll(() => stored().length, { timeout: 5_000 }).toBe(40);
    expect(stored().every(({ text }) => text === 'x')).toBe(true);
  });

  it('are turned into JSON where they have changed, and not where others have', async () => {
    const long = Array.from({ length: 3 }, (_, index) => document(`long ${index}`, 'x'.repeat(10_000)));
    for (const tab of long) await documents.save(tab);
    await documents.flush();
    const made = vi.spyOn(JSON, 'stringify');
    await documents.save(document('short'));
    await documents.flush();
    const lengths = made.mock.results.map(({ value }) => String(value).length);
    made.mockRestore();
    expect(stored().map(({ text }) => text.length)).toEqual([10_000, 10_000, 10_000, 0]);
    expect(Math.max(...lengths)).toBeLessThan(10_000);
  });

  it('come back after a restart as they were, to the last character', async () => {
    const text = 'select \u2028 "\0" \ud800 -- ä€😀\r\n\ttrailing  ';
    const tab = document('a', text, {
      connectionId: 'c',
      database: 'd',
      cursor: 3,
      scroll: 1.5,
      sortOrder: 2,
    });
    const { savedAt } = await documents.save(tab);
    await documents.close();
    documents = await Documents.open(folder);
    expect(documents.list()).toEqual([{ ...tab, savedAt }]);
  });

  it('are in the order of their place, those without one last as they came', async () => {
    for (const [title, sortOrder] of [
      ['c', 3],
      ['x', undefined],
      ['a', 1],
      ['y', undefined],
      ['b', 2],
    ] as const)
      await documents.save(document(title, '', sortOrder === undefined ? {} : { sortOrder }));
    expect(titles()).toEqual(['a', 'b', 'c', 'x', 'y']);
  });

  it('keep their place when they are changed', async () => {
    const first = document('a');
    await documents.save(first);
    await documents.save(document('b'));
    await documents.save({ ...first, title: 'A' });
    expect(titles()).toEqual(['A', 'b']);
  });

  it('are forgotten when their tab is closed, and one that was never saved is no fault', async () => {
    const tab = document('a');
    await documents.save(tab);
    await documents.remove(tab.id);
    await documents.remove(tab.id);
    await documents.remove('never heard of');
    expect([documents.list(), stored()]).toEqual([[], []]);
  });

  it('are refused where all together would not fit into one message, and then the former text stays', async () => {
    // A line end takes two bytes in JSON.
    const half = '\n'.repeat(maxTotalBytes / 4 - 200);
    const [one, two] = [document('one', half), document('two', half)];
    await documents.save(one);
    await documents.save(two);
    const rest = 'y'.repeat(1_000);
    await expect(documents.save({ ...two, text: half + rest })).rejects.toMatchObject({
      code: 'VALUE_TOO_LARGE',
    });
    await expect(documents.save(document('three', rest))).rejects.toMatchObject({ code: 'VALUE_TOO_LARGE' });
    expect(documents.list()).toMatchObject([one, two]);
    expect(Buffer.byteLength(JSON.stringify(documents.list()))).toBeLessThan(maxFrameBytes);
    await documents.save({ ...one, text: '' });
    await documents.save(document('three', rest));
    await documents.flush();
    expect(stored().map(({ title }) => title)).toEqual(['one', 'two', 'three']);
  });
});
