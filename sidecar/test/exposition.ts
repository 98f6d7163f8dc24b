/** A metric with its samples, as it stands in a text of Prometheus' exposition format. */
export interface Family {
  name: string;
  help: string;
  type: string;
  samples: { name: string; labels: Record<string, string>; value: number }[];
}

const nameText = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const comment = new RegExp(`^# (HELP|TYPE) (${nameText}) (.*)$`);
const sampleLine = new RegExp(`^(${nameText})(?:\\{(.*)\\})? (\\S+)$`, 's');
const label = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/gy;
const endings: Partial<Record<string, readonly string[]>> = { histogram: ['_bucket', '_sum', '_count'] };

/**
 * Reads the text format, version 0.0.4, by its rules: each line is a comment, a sample or empty, ends in a line feed, and is
 * named as it must be; the samples of one metric stand together; a histogram's buckets rise to `+Inf`, which is its count.
 * Throws where a rule is broken.
 */
export function readExposition(text: string): Family[] {
  if (!text.endsWith('\n')) throw new Error('The last line does not end in a line feed');
  const families = new Map<string, Family>();
  let current: Family | undefined;
  for (const line of text.split('\n').slice(0, -1)) {
    if (line === '') continue;
    const [, kind, name = '', rest = ''] = comment.exec(line) ?? [];
    if (kind === 'HELP') {
      if (families.has(name)) throw new Error(`${name} comes twice`);
      current = { name, help: rest, type: 'untyped', samples: [] };
      families.set(name, current);
    } else if (kind === 'TYPE') {
      if (current?.name !== name || current.samples.length > 0)
        throw new Error(`The type of ${name} is misplaced`);
      if (!['counter', 'gauge', 'histogram'].includes(rest)) throw new Error(`There is no type ${rest}`);
      current.type = rest;
    } else current?.samples.push(readSample(line, current));
  }
  for (const family of families.values()) checkFamily(family);
  return [...families.values()];
}

function readSample(line: string, { name, type }: Family): Family['samples'][number] {
  const [, sample, labels = '', number = ''] = sampleLine.exec(line) ?? [];
  const names = (endings[type] ?? ['']).map((ending) => name + ending);
  if (sample === undefined || !names.includes(sample)) throw new Error(`No sample of ${name}: ${line}`);
  const value = number === '+Inf' ? Infinity : Number(number);
  if (number === '' || Number.isNaN(value)) throw new Error(`No number: ${line}`);
  return { name: sample, labels: readLabels(labels), value };
}

function readLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  label.lastIndex = 0;
  for (let at = 0; at < text.length; at = label.lastIndex) {
    const [whole, name = '', value = ''] = label.exec(text) ?? [];
    if (whole === undefined || name in labels) throw new Error(`Labels cannot be read: ${text}`);
    labels[name] = value.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
  }
  return labels;
}

function checkFamily({ name, type, samples }: Family): void {
  const keys = samples.map((sample) => JSON.stringify([sample.name, sample.labels]));
  if (new Set(keys).size < keys.length) throw new Error(`${name} has a sample twice`);
  if (type === 'counter' && samples.some(({ value }) => value < 0)) throw new Error(`${name} is below 0`);
  if (type !== 'histogram') return;
  const series = new Map<string, { le: number; value: number }[]>();
  for (const { name: sample, labels, value } of samples) {
    const { le, ...rest } = labels;
    const key = JSON.stringify(rest);
    if (sample.endsWith('_bucket'))
      series.set(key, [...(series.get(key) ?? []), { le: le === '+Inf' ? Infinity : Number(le), value }]);
  }
  for (const [key, buckets] of series) {
    const rising = buckets.every(({ le, value }, at) => {
      const before = buckets[at - 1];
      return !before || (le > before.le && value >= before.value);
    });
    const count = samples.find(
      (each) => each.name === `${name}_count` && JSON.stringify(each.labels) === key,
    );
    const last = buckets.at(-1);
    if (!rising || last?.le !== Infinity || last.value !== count?.value)
      throw new Error(`The buckets of ${name} ${key} are not in order`);
  }
}
