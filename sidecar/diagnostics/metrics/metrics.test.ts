import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readExposition } from '../../test/exposition.ts';
import { Metrics } from './metrics.ts';
import { prometheusText } from './prometheusText.ts';

const text = (metrics: Metrics) => prometheusText(metrics.list());

describe('metrics in the exposition format', () => {
  it('are what was counted, measured and read', async () => {
    const metrics = new Metrics();
    const runs = metrics.counter('runs_total', 'Runs.', { labelled: true });
    const took = metrics.histogram('took_seconds', 'How long.');
    metrics.gauge('connections', 'By status.', () => [
      { labels: { status: 'connected' }, value: 2 },
      { labels: { status: 'error' }, value: 0 },
    ]);
    metrics.total('bytes_total', 'Bytes.', () => 12.5);
    runs.add(1, { outcome: 'done' });
    runs.add(2, { outcome: 'done' });
    runs.add(1, { outcome: 'failed' });
    for (const seconds of [0.001, 0.02, 0.02, 400]) took.observe(seconds, { outcome: 'done' });

    const families = readExposition(await text(metrics));
    expect(families.map(({ name, type }) => [name, type])).toEqual([
      ['runs_total', 'counter'],
      ['took_seconds', 'histogram'],
      ['connections', 'gauge'],
      ['bytes_total', 'counter'],
    ]);
    const value = (name: string, labels: object) =>
      families
        .flatMap(({ samples }) => samples)
        .find((each) => each.name === name && JSON.stringify(each.labels) === JSON.stringify(labels))?.value;
    expect(value('runs_total', { outcome: 'done' })).toBe(3);
    expect(value('connections', { status: 'connected' })).toBe(2);
    expect(value('bytes_total', {})).toBe(12.5);
    expect(value('took_seconds_bucket', { outcome: 'done', le: '0.001' })).toBe(1);
    expect(value('took_seconds_bucket', { outcome: 'done', le: '0.025' })).toBe(3);
    expect(value('took_seconds_bucket', { outcome: 'done', le: '300' })).toBe(3);
    expect(value('took_seconds_bucket', { outcome: 'done', le: '+Inf' })).toBe(4);
    expect(value('took_seconds_sum', { outcome: 'done' })).toBeCloseTo(400.041);
  });

  it('can be read whatever stands in a label, and however long things take', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(
            fc.string({ unit: fc.constantFrom(...Array.from('ab"\\\n\r{},= \u0000é😀')) }),
            fc.double({ min: 0, noNaN: true, max: 1e9 }),
          ),
          {
            maxLength: 4,
          },
        ),
        async (observed) => {
          const metrics = new Metrics();
          const took = metrics.histogram('took_seconds', 'How\nlong \\ it took.');
          for (const [label, seconds] of observed) took.observe(seconds, { label });
          const [family] = readExposition(await text(metrics));
          const labels = new Set(family?.samples.map(({ labels: { label } }) => label));
          expect(labels).toEqual(new Set(observed.map(([label]) => label)));
        },
      ),
      { numRuns: 20 },
    );
  });

  it('do not grow without end by their labels', () => {
    const metrics = new Metrics();
    const runs = metrics.counter('runs_total', 'Runs.', { labelled: true });
    for (let n = 0; n < 1_000; n += 1) runs.add(1, { n: String(n) });
    expect(metrics.list()[0]?.samples).toHaveLength(100);
  });
});
