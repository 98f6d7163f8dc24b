import type { Metric } from '#shared/diagnostics/methods.ts';

/** The metrics as Prometheus reads them. */
export async function prometheusText(metrics: readonly Metric[]): Promise<string> {
  const { AggregatorRegistry } = await import('prom-client');
  const all = metrics.map(({ samples, ...description }) => ({
    ...description,
    aggregator: 'first',
    values: samples.map(({ name, labels, value }) => ({ metricName: name, labels, value })),
  }));
  return AggregatorRegistry.aggregate([all]).metrics();
}
