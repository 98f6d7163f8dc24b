import { describe, expect, it } from 'vitest';
import type { Notification } from '#shared/contract/derive.ts';
import type { Clock } from '../../lib/clock.ts';
import { ResultSink } from './resultSink.ts';
import { Run } from '../run.ts';
import type { Spool } from '../spool/spool.ts';
import { SpoolStore } from '../spool/spoolStore.ts';

/** Time that goes on when the test says so. */
class TestClock implements Clock {
  #now = 0;
  #timers: { at: number; run: () => void }[] = [];

  now = () => this.#now;
  monotonic = () => this.#now;
  after = (ms: number, run: () => void) => {
    const timer = { at: this.#now + ms, run };
    this.#timers.push(timer);
    return () => (this.#timers = this.#timers.filter((other) => other !== timer));
  };

  get pending(): number {
    return this.#timers.length;
  }

  pass(ms: number): void {
    this.#now += ms;
    const due = this.#timers.filter(({ at }) => at <= this.#now);
    this.#timers = this.#timers.filter(({ at }) => at > this.#now);
    for (const { run } of due) run();
  }
}

const openSpool = (maxSpoolBytes = Infinity) =>
  new SpoolStore('nowhere', { maxSpoolBytes, memoryBytes: Infinity }).open();

/** A spool that asks for a pause with each read, for as long as the test wants. */
function slowSpool(): { spool: Spool; waits: (() => void)[] } {
  const spool = openSpool();
  const take = spool.append.bind(spool);
  const waits: (() => void)[] = [];
  const append = (rows: Buffer, count: number) => {
    void take(rows, count);
    return new Promise<void>((resolve) => waits.push(resolve));
  };
  return { spool: Object.assign(spool, { append }), waits };
}

/** A DataRow message with one value of one byte. */
const row = Buffer.from([0x44, 0, 0, 0, 11, 0, 1, 0, 0, 0, 1, 0x78]);
const field = { name: 'a', typeOid: 25, tableOid: 0, columnNumber: 0 };

function stage(open = () => openSpool()) {
  const clock = new TestClock();
  const told: Notification[] = [];
  const flow: string[] = [];
  const params = { connectionId: 'c', tabId: 't', text: '', stopOnError: true };
  const run = new Run('s', params, { clock, publish: (notification) => told.push(notification) });
  const sink = new ResultSink({
    run,
    statement: { index: 0, from: 0, to: 0 },
    backend: { pause: () => flow.push('pause'), resume: () => flow.push('resume') },
    clock,
    openSpool: open,
    typeName: () => 'text',
    onFull: () => flow.push('full'),
  });
  const methods = () => told.map(({ method }) => method.replace('query.', ''));
  return { clock, told, flow, run, sink, methods };
}

describe('the sink of a statement', () => {
  it('tells a result with the first read that holds a row, at most 200 of them, and its progress ten times a second', () => {
    const { sink, told, methods, clock } = stage();
    sink.columns([field]);
    expect(told).toEqual([]);
    sink.rows(Buffer.concat(Array.from({ length: 500 }, () => row)), 500);
    expect(told[0]?.params).toMatchObject({ firstRows: Array.from({ length: 200 }, () => ['x']) });
    for (let at = 0; at < 1_000; at += 1) {
      sink.rows(row, 1);
      clock.pass(1);
    }
    expect(methods().filter((method) => method === 'progress')).toHaveLength(10);
    sink.ended('SELECT 1500');
    expect(told.at(-1)?.params).toMatchObject({ rowCount: 1_500, elapsedMs: 1_000 });
    expect(methods().at(-1)).toBe('resultEnded');
    expect(clock.pending).toBe(0);
  });

  it('tells the last count of a burst also when nothing more comes for long', () => {
    const { sink, told, clock } = stage();
    sink.columns([field]);
    sink.rows(row, 1);
    sink.rows(row, 1);
    clock.pass(100);
    expect(told.at(-1)).toMatchObject({ method: 'query.progress', params: { rowCount: 2 } });
  });

  it('stops the reading while the spool cannot follow', async () => {
    const { spool, waits } = slowSpool();
    const { sink, flow } = stage(() => spool);
    sink.columns([field]);
    sink.rows(row, 1);
    sink.rows(row, 1);
    expect(flow).toEqual(['pause', 'pause']);
    waits[0]?.();
    await Promise.resolve();
    expect(flow).not.toContain('resume');
    waits[1]?.();
    await new Promise((resolve) => setImmediate(resolve));
    expect(flow.at(-1)).toBe('resume');
  });

  it('asks once to be stopped when the rows no longer fit, and takes no more of them', () => {
    const { sink, flow, run } = stage(() => openSpool(row.length));
    sink.columns([field]);
    for (let at = 0; at < 3; at += 1) sink.rows(row, 1);
    sink.stop();
    expect(flow).toEqual(['full']);
    expect(run.summary().results).toMatchObject([{ rowCount: 1, truncated: true, commandTag: '' }]);
  });

  it('begins and ends a result also for a statement that failed at once, or before its first row', () => {
    for (const begin of [() => {}, (sink: ResultSink) => sink.columns([field])]) {
      const { sink, told, run } = stage();
      begin(sink);
      sink.stop();
      expect(told.map(({ method }) => method)).toEqual(['query.resultStarted', 'query.resultEnded']);
      expect(run.summary().results).toMatchObject([{ rowCount: 0, complete: true, commandTag: '' }]);
    }
  });
});
