import { expect, it } from 'vitest';
import { metricRows } from './metricWords.ts';

it('tells counters and gauges by their unit, and of histograms what is typical', () => {
  const sample = (name: string, value: number, labels: Record<string, string> = {}) => ({
    name,
    labels,
    value,
  });
  const took = (le: string, value: number) => sample('took_seconds_bucket', value, { outcome: 'done', le });
  const rows = metricRows([
    { name: 'a_total', help: 'A.', type: 'counter', samples: [sample('a_total', 1_234, { code: 'X' })] },
    {
      name: 'b_bytes',
      help: 'B.',
      type: 'gauge',
      samples: [sample('b_bytes', 3_145_728), sample('b_bytes', 12)],
    },
    { name: 'c_seconds_total', help: 'C.', type: 'counter', samples: [sample('c_seconds_total', 0.25)] },
    {
      ...{ name: 'took_seconds', help: 'D.', type: 'histogram' },
      samples: [
        ...[took('0.1', 90), took('0.5', 97), took('+Inf', 100)],
        sample('took_seconds_sum', 20, { outcome: 'done' }),
        sample('took_seconds_count', 100, { outcome: 'done' }),
      ],
    },
  ]);
  expect(rows.map(({ labels, value }) => [labels, value])).toEqual([
    ['code X', '1,234'],
    ['', '3 MB'],
    ['', '12 bytes'],
    ['', '250 ms'],
    ['outcome done', '100 times, 200 ms on average, 95% within 500 ms'],
  ]);
});
