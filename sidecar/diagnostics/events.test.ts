import { beforeEach, describe, expect, it } from 'vitest';
import type { DiagnosticEvent } from '#shared/diagnostics/event.ts';
import { DiagnosticEvents, type EventFacts } from './events.ts';
import { Redactor } from './redactor.ts';
import { Screen } from './screen.ts';

/** Time that goes on when the test says so. */
class TestClock {
  at = 1_000_000;
  #due: { at: number; run: () => void }[] = [];
  now = () => this.at;
  monotonic = () => this.at;
  after = (ms: number, run: () => void) => {
    const entry = { at: this.at + ms, run };
    this.#due.push(entry);
    return () => void (this.#due = this.#due.filter((each) => each !== entry));
  };
  pass(ms: number): void {
    this.at += ms;
    const due = this.#due.filter(({ at }) => at <= this.at);
    this.#due = this.#due.filter(({ at }) => at > this.at);
    for (const { run } of due) run();
  }
}

let clock: TestClock;
let written: string[];
let redactor: Redactor;
let events: DiagnosticEvents;
let heard: DiagnosticEvent[][];

const open = (): DiagnosticEvents =>
  new DiagnosticEvents({
    clock,
    screen: new Screen(redactor),
    journal: {
      append: (lines) => void written.push(...lines),
      read: () => Promise.resolve(written),
      close: () => Promise.resolve(),
    },
  });

beforeEach(() => {
  clock = new TestClock();
  written = [];
  redactor = new Redactor();
  events = open();
  heard = [];
  events.recorded.on((recorded) => heard.push(recorded));
});

const run = (n: number): EventFacts => ({ type: 'query', event: 'runEnded', payload: { n } });
const names = (list: readonly DiagnosticEvent[]) => list.map(({ payload }) => payload.n);

describe('an event', () => {
  it('is told and written a moment later, with others, and is listed at once', async () => {
    events.record({ ...run(1), connectionId: 'c', source: 'user' });
    clock.pass(3);
    events.record(run(2));
    expect([heard, written]).toEqual([[], []]);
    clock.pass(100);
    expect(heard.map(names)).toEqual([[1, 2]]);
    expect(written).toHaveLength(2);
    events.record(run(3));
    const { events: list, complete } = await events.list({ limit: 10 });
    expect(names(list)).toEqual([3, 2, 1]);
    expect(complete).toBe(true);
    expect(list.at(-1)).toEqual({
      id: 1_000_000_000,
      at: 1_000_000,
      type: 'query',
      event: 'runEnded',
      source: 'user',
      connectionId: 'c',
      payload: { n: 1 },
    });
  });

  it('holds no secret, also one that is learnt a moment later, and stays small', () => {
    const secret = 'hun"ter2';
    const filler = 'x'.repeat(10_000);
    events.record({
      ...run(1),
      payload: {
        said: `a ${secret}`,
        password: 'p',
        many: Array(99).fill(filler),
        cut: `${'y'.repeat(996)}${secret}`,
      },
    });
    redactor.add(secret);
    clock.pass(100);
    const text = written.join('\n');
    expect(text).not.toMatch(/hun\W+ter2|"p"/);
    expect(text).not.toMatch(/y+hun/);
    expect(text).toContain('a [redacted]');
    expect(text.length).toBeLessThan(6_000);
    expect((JSON.parse(text) as DiagnosticEvent).payload.omitted).toEqual(['many']);
  });

  it('that comes again goes on under its id; after a pause it is a new one', () => {
    const attempt = (n: number) => ({ ...run(n), sameAs: 'refused' });
    events.record(attempt(1));
    clock.pass(5_000);
    events.record(attempt(2));
    clock.pass(9_000);
    events.record(attempt(3));
    events.record(run(3));
    clock.pass(100);
    clock.pass(15_000);
    events.record(attempt(4));
    clock.pass(100);
    const recent = events.recent();
    expect(recent.map(({ payload, count }) => [payload.n, count])).toEqual([
      [3, 3],
      [3, undefined],
      [4, undefined],
    ]);
    expect(recent[0]).toMatchObject({ id: 1_000_000_000, at: 1_000_000, lastAt: 1_014_000 });
  });

  it('of a storm counts with those of its name', () => {
    for (let n = 0; n < 2_000; n += 1) events.record(run(n));
    clock.pass(100);
    const recent = events.recent();
    expect(recent.length).toBeLessThan(50);
    expect(recent.reduce((sum, { count = 1 }) => sum + count, 0)).toBe(2_000);
    expect(written.length).toBeLessThan(50);
  });
});

describe('the list', () => {
  it('has the last 200 from memory and older ones from the journal, also those of a process before', async () => {
    for (let n = 0; n < 300; n += 1) {
      events.record(run(n));
      clock.pass(100);
    }
    expect(names(events.recent())[0]).toBe(100);
    written.splice(3, 0, '{"id":5,"torn', 'null', '{"id":"x"}');
    const again = open();
    again.record(run(300));
    const first = await again.list({ limit: 250 });
    expect(names(first.events).slice(0, 2)).toEqual([300, 299]);
    expect([first.events.length, first.complete]).toEqual([250, false]);
    const rest = await again.list({ limit: 250, before: first.events.at(-1)?.id });
    expect(names(rest.events)).toEqual([...Array(51).keys()].reverse());
    expect(rest.complete).toBe(true);
  });

  it('is chosen by type, connection and text', async () => {
    events.record({ type: 'store', event: 'problem', payload: { file: 'Settings.json' } });
    events.record({ ...run(1), connectionId: 'a' });
    events.record({ ...run(2), connectionId: 'b' });
    const listed = async (filter: object) => names((await events.list({ limit: 9, ...filter })).events);
    expect(await listed({ type: 'query' })).toEqual([2, 1]);
    expect(await listed({ connectionId: 'a' })).toEqual([1]);
    expect(await listed({ text: 'SETTINGS' })).toEqual([undefined]);
    expect(await listed({ text: 'settings', type: 'query' })).toEqual([]);
  });
});
