import type { Metric } from '#shared/diagnostics/methods.ts';
import { elapsed } from '../../lib/times.ts';

export interface MetricRow {
  readonly key: string;
  readonly name: string;
  readonly help: string;
  readonly type: Metric['type'];
  /** Which of several. */
  readonly labels: string;
  readonly value: string;
}

/** A row for each value; of a histogram how often, how long on average, and what nearly all stay below. */
export function metricRows(metrics: readonly Metric[]): MetricRow[] {
  return metrics.flatMap((metric) =>
    metric.type === 'histogram' ? histogramRows(metric) : metric.samples.map((sample) => row(metric, sample)),
  );
}

function row(metric: Metric, { labels, value }: Metric['samples'][number]): MetricRow {
  return described(metric, labels, valueWords(metric.name, value));
}

function histogramRows(metric: Metric): MetricRow[] {
  const counts = metric.samples.filter(({ name }) => name === `${metric.name}_count`);
  return counts.map(({ labels, value: count }) => {
    const own = metric.samples.filter((sample) =>
      Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
    );
    const sum = own.find(({ name }) => name === `${metric.name}_sum`)?.value ?? 0;
    const most = own.find(({ name, value }) => name === `${metric.name}_bucket` && value >= 0.95 * count);
    const below =
      most?.labels.le === '+Inf'
        ? 'some longer than all limits'
        : `95% within ${seconds(Number(most?.labels.le))}`;
    const often = `${count.toLocaleString()} times, ${seconds(sum / count)} on average, ${below}`;
    const words = count === 0 ? 'none yet' : count === 1 ? `once, ${seconds(sum)}` : often;
    return described(metric, labels, words);
  });
}

function described({ name, help, type }: Metric, labels: Record<string, string>, value: string): MetricRow {
  const words = Object.entries(labels)
    .map(([key, label]) => `${key} ${label}`)
    .join(', ');
  return { key: `${name} ${words}`, name, help, type, labels: words, value };
}

function valueWords(name: string, value: number): string {
  if (name === 'process_start_time_seconds') return new Date(value * 1_000).toLocaleString();
  if (/_bytes(_total)?$/.test(name)) return bytes(value);
  if (/_seconds(_total)?$/.test(name)) return seconds(value);
  return value.toLocaleString(undefined, { maximumFractionDigits: 3 });
}

const seconds = (value: number): string => elapsed(value * 1_000);

function bytes(value: number): string {
  if (value < 1_024) return `${value.toLocaleString()} bytes`;
  const units = ['KB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length, Math.floor(Math.log2(value) / 10));
  return `${(value / 1_024 ** power).toLocaleString(undefined, { maximumFractionDigits: 1 })} ${units[power - 1]}`;
}
