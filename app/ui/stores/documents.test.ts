import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Document } from '#shared/documents/document.ts';
import type { Rpc } from '../lib/rpc/rpc.ts';
import { WindowMemory } from '../lib/windowMemory.ts';
import { Documents } from './documents.svelte.ts';

type Answer = { resolve: () => void; reject: () => void };

function setUp() {
  const saved: string[] = [];
  const removed: string[] = [];
  const answers: Answer[] = [];
  const rpc: Rpc = {
    call: (method, params) =>
      new Promise((resolve, reject) => {
        if (method === 'document.save') saved.push((params as { document: Document }).document.text);
        else removed.push((params as { id: string }).id);
        answers.push({
          resolve: () => resolve({ savedAt: saved.length } as never),
          reject: () => reject(new Error('no link')),
        });
      }),
  };
  const memory = new WindowMemory(sessionStorage);
  return { documents: new Documents(rpc, memory), memory, saved, removed, answers };
}

const answer = async (given: Answer | undefined, how: keyof Answer = 'resolve') => {
  given?.[how]();
  await vi.advanceTimersByTimeAsync(0);
};
const document = (id: number, text: string): Document => ({
  id: `00000000-0000-4000-8000-00000000000${id}`,
  title: `tab ${id}`,
  text,
  sortOrder: id,
});

beforeEach(() => {
  vi.useFakeTimers();
  sessionStorage.clear();
});
afterEach(() => vi.useRealTimers());

describe('the texts of tabs', () => {
  it('are saved once typing pauses', async () => {
    const { documents, saved, answers } = setUp();
    const tab = documents.open();
    await answer(answers[0]);
    documents.update(tab.id, { text: 's' });
    await vi.advanceTimersByTimeAsync(150);
    documents.update(tab.id, { text: 'se' });
    await vi.advanceTimersByTimeAsync(150);
    expect(saved).toEqual(['']);
    await vi.advanceTimersByTimeAsync(100);
    expect(saved).toEqual(['', 'se']);
  });

  it('are saved one after the other, so that an older one never lands last', async () => {
    const { documents, saved, answers } = setUp();
    const tab = documents.open({ text: 'first' });
    documents.update(tab.id, { text: 'second' });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(saved).toEqual(['first']);
    await answer(answers[0]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(saved).toEqual(['first', 'second']);
    expect(tab.saveState).toBe('pending');
    await answer(answers[1]);
    expect(tab.saveState).toBe('saved');
  });

  it('count as not saved after a refusal, and are sent again', async () => {
    const { documents, saved, answers } = setUp();
    const tab = documents.open({ text: 'kept' });
    await answer(answers[0], 'reject');
    expect(tab.saveState).toBe('unsaved');
    expect(documents.hasUnsaved).toBe(true);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(saved).toEqual(['kept', 'kept']);
    await answer(answers[1]);
    expect(tab.saveState).toBe('saved');
  });

  it('count as not saved where the answer takes long', async () => {
    const { documents } = setUp();
    const tab = documents.open({ text: 'slow' });
    await vi.advanceTimersByTimeAsync(2_500);
    expect(tab.saveState).toBe('unsaved');
  });

  it('cost nothing where nothing changed', async () => {
    const { documents, saved, answers } = setUp();
    const tab = documents.open({ text: 'same' });
    await answer(answers[0]);
    documents.update(tab.id, { text: 'same' });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(saved).toEqual(['same']);
  });
});

describe('the snapshot', () => {
  it('fills an empty window and brings the active tab back', () => {
    const { documents, memory } = setUp();
    memory.activeTab = document(2, '').id;
    const again = setUp().documents;
    again.load([document(2, 'two'), document(1, 'one')]);
    expect(again.list.map((tab) => tab.text)).toEqual(['one', 'two']);
    expect(again.active?.text).toBe('two');
    expect(documents.active).toBeUndefined();
  });

  it('never replaces a text that this window has, and gives back what the engine lost', async () => {
    const { documents, saved } = setUp();
    documents.load([document(1, 'old')]);
    documents.update(document(1, '').id, { text: 'newer' });
    documents.load([document(1, 'old'), document(2, 'other')]);
    expect(documents.list.map((tab) => tab.text)).toEqual(['newer', 'other']);
    documents.load([document(2, 'other')]);
    await vi.advanceTimersByTimeAsync(0);
    expect(saved).toContain('newer');
  });

  it('does not bring back a tab whose removal is still on its way', () => {
    const { documents, removed } = setUp();
    documents.load([document(1, 'gone')]);
    documents.close(document(1, '').id);
    expect(removed).toHaveLength(1);
    documents.load([document(1, 'gone')]);
    expect(documents.list).toEqual([]);
  });

  it('is older than a draft that the page kept as it went', () => {
    const before = setUp().documents;
    before.load([document(1, 'saved')]);
    before.update(document(1, '').id, { text: 'typed just before the reload' });
    before.leave();
    const { documents } = setUp();
    documents.load([document(1, 'saved')]);
    expect(documents.list[0]?.text).toBe('typed just before the reload');
  });
});

describe('another window', () => {
  const { id } = document(1, '');

  it('is followed where nothing is unsaved here; the cursor stays', () => {
    const { documents, saved } = setUp();
    documents.load([{ ...document(1, 'old'), cursor: 2, savedAt: 5 }]);
    expect(documents.changedElsewhere({ ...document(1, 'new'), cursor: 0, savedAt: 6 })).toBe(false);
    expect(documents.get(id)).toMatchObject({ text: 'new', cursor: 2 });
    documents.changedElsewhere({ ...document(1, 'late'), savedAt: 4 });
    expect(documents.get(id)?.text).toBe('new');
    documents.changedElsewhere(document(2, 'opened there'));
    expect(documents.list.map(({ text }) => text)).toEqual(['new', 'opened there']);
    expect(saved).toEqual([]);
  });

  it('is followed where the text is saved here, and only the place of the cursor is not yet', async () => {
    const { documents, saved, answers } = setUp();
    documents.load([{ ...document(1, 'old'), savedAt: 5 }]);
    documents.update(id, { cursor: 1 });
    expect(documents.changedElsewhere({ ...document(1, 'new'), savedAt: 6 })).toBe(false);
    await vi.advanceTimersByTimeAsync(300);
    expect(saved, 'the cursor goes with the text that is there now').toEqual(['new']);
    await answer(answers[0]);
    documents.update(id, { text: 'ours' });
    await vi.advanceTimersByTimeAsync(300);
    await answer(answers[1]);
    documents.update(id, { cursor: 2 });
    expect(documents.changedElsewhere({ ...document(1, 'theirs'), savedAt: 7 })).toBe(false);
    expect(documents.list.map(({ text }) => text)).toEqual(['theirs']);
  });

  it('is followed also where its change came while the link was away', () => {
    const { documents } = setUp();
    documents.load([{ ...document(1, 'old'), savedAt: 5 }]);
    documents.load([{ ...document(1, 'new'), savedAt: 6 }]);
    expect(documents.get(id)?.text).toBe('new');
  });

  it('loses no text, and takes none, where both type in the same tab', async () => {
    const { documents, saved } = setUp();
    documents.load([{ ...document(1, 'both'), savedAt: 5 }]);
    documents.update(id, { text: 'mine' });
    expect(documents.changedElsewhere({ ...document(1, 'theirs'), savedAt: 6 })).toBe(true);
    documents.changedElsewhere({ ...document(1, 'theirs, longer'), savedAt: 7 });
    expect(documents.list.map(({ title, text }) => [title, text])).toEqual([
      ['tab 1', 'mine'],
      ['tab 1 (other window)', 'theirs, longer'],
    ]);
    expect(documents.active?.id).toBe(id);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(saved).toContain('mine');
  });

  it('closes what nobody needs here, and nothing else', async () => {
    const { documents, saved, removed } = setUp();
    documents.load([document(1, 'one'), document(2, 'two'), document(3, 'three')]);
    documents.removedElsewhere(id, false);
    expect(documents.list.map(({ text }) => text)).toEqual(['two', 'three']);
    documents.removedElsewhere(document(2, '').id, true);
    await vi.advanceTimersByTimeAsync(0);
    expect(saved, 'it runs something').toEqual(['two']);
    expect(removed).toEqual([]);
  });
});

describe('the strip of tabs', () => {
  it('goes to the neighbour when the active tab is closed', () => {
    const { documents } = setUp();
    documents.load([document(1, ''), document(2, ''), document(3, '')]);
    documents.activate(document(2, '').id);
    documents.close(document(2, '').id);
    expect(documents.active?.id).toBe(document(3, '').id);
    documents.close(document(3, '').id);
    expect(documents.active?.id).toBe(document(1, '').id);
  });

  it('names new tabs by the first free number, and keeps the order of a move', () => {
    const { documents } = setUp();
    const [one, two, three] = [documents.open(), documents.open(), documents.open()];
    expect(documents.list.map((tab) => tab.title)).toEqual(['query 1', 'query 2', 'query 3']);
    documents.close(two.id);
    expect(documents.open().title).toBe('query 2');
    documents.move(three.id, 0);
    expect(documents.list.slice(0, 2).map((tab) => tab.id)).toEqual([three.id, one.id]);
  });
});

describe('a closed tab', () => {
  it('can be had again with its text, and is deleted only once it is closed for good', () => {
    const { documents, removed } = setUp();
    documents.load([document(1, 'kept'), document(2, '')]);
    const { id } = document(1, '');
    documents.hide(id);
    expect(documents.list).toHaveLength(1);
    documents.load([document(1, 'kept'), document(2, '')]);
    expect(documents.list).toHaveLength(1);
    documents.show(id);
    expect(documents.active?.text).toBe('kept');
    documents.hide(id);
    expect(removed).toEqual([]);
    documents.close(id);
    expect(removed).toEqual([id]);
  });
});
