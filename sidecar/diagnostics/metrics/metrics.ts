import type { Metric } from '#shared/diagnostics/methods.ts';

type Labels = Readonly<Record<string, string>>;
type Sample = Metric['samples'][number];
type Description = Pick<Metric, 'name' | 'help'>;

/** Seconds; from what nobody notices to what everybody does. */
const secondBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** Combinations of labels of one metric; our labels are few, and a mistake must not fill the memory. */
const maxSeries = 100;

/** One value for each combination of labels. */
class Series<T> {
  readonly #make: () => T;
  readonly #byKey = new Map<string, { labels: Labels; value: T }>();

  constructor(make: () => T) {
    this.#make = make;
  }

  of(labels: Labels): { value: T } | undefined {
    const key = Object.values(labels).join('\0');
    const known = this.#byKey.get(key);
    if (known || this.#byKey.size >= maxSeries) return known;
    const made = { labels, value: this.#make() };
    this.#byKey.set(key, made);
    return made;
  }

  all(): { labels: Labels; value: T }[] {
    return [...this.#byKey.values()];
  }
}

/** Only rises. */
export class Counter {
  readonly #series = new Series(() => 0);

  add(by = 1, labels: Labels = {}): void {
    const series = this.#series.of(labels);
    if (series) series.value += by;
  }

  samples(name: string): Sample[] {
    return this.#series.all().map(({ labels, value }) => ({ name, labels, value }));
  }
}

/** How long things took. */
export class Histogram {
  readonly #series = new Series(() => ({ sum: 0, counts: secondBuckets.map(() => 0), count: 0 }));

  observe(seconds: number, labels: Labels = {}): void {
    const value = this.#series.of(labels)?.value;
    if (!value) return;
    value.sum += seconds;
    value.count += 1;
    const bucket = secondBuckets.findIndex((limit) => seconds <= limit);
    if (bucket >= 0) value.counts[bucket] = (value.counts[bucket] ?? 0) + 1;
  }

  samples(name: string): Sample[] {
    return this.#series.all().flatMap(({ labels, value }) => {
      let sofar = 0;
      const buckets = secondBuckets.map((limit, index) => {
        sofar += value.counts[index] ?? 0;
        return { name: `${name}_bucket`, labels: { ...labels, le: String(limit) }, value: sofar };
      });
      return [
        ...buckets,
        { name: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: value.count },
        { name: `${name}_sum`, labels, value: value.sum },
        { name: `${name}_count`, labels, value: value.count },
      ];
    });
  }
}

/** What is looked up when somebody asks. */
export type Reading = () => number | readonly { labels: Labels; value: number }[];

/**
 * What is counted and measured. Counting is an addition and no more: the library that writes it all down as Prometheus wants
 * it is loaded when somebody asks.
 */
export class Metrics {
  readonly #metrics: (() => Metric)[] = [];

  /** One without labels is there from the start, as 0. */
  counter(name: string, help: string, { labelled = false } = {}): Counter {
    const counter = new Counter();
    if (!labelled) counter.add(0);
    this.#metrics.push(() => ({ name, help, type: 'counter', samples: counter.samples(name) }));
    return counter;
  }

  histogram(name: string, help: string): Histogram {
    const histogram = new Histogram();
    this.#metrics.push(() => ({ name, help, type: 'histogram', samples: histogram.samples(name) }));
    return histogram;
  }

  gauge(name: string, help: string, read: Reading): void {
    this.#read({ name, help, type: 'gauge' }, read);
  }

  /** A counter that somebody else keeps. */
  total(name: string, help: string, read: Reading): void {
    this.#read({ name, help, type: 'counter' }, read);
  }

  list(): Metric[] {
    return this.#metrics.map((take) => take());
  }

  #read(description: Description & Pick<Metric, 'type'>, read: Reading): void {
    this.#metrics.push(() => {
      const reading = read();
      const values = typeof reading === 'number' ? [{ labels: {}, value: reading }] : reading;
      return { ...description, samples: values.map((each) => ({ name: description.name, ...each })) };
    });
  }
}
