import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, release, type } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { table, type Chaos, type ChaosPart, type Figure } from './figure.ts';
import { parts } from './parts.ts';

// `npm run chaos`: every promise held against real faults. `-- --seed N --only faults` runs one part again as it was,
// `--share 0.1` a tenth of the rounds, `--entry FILE` holds another build against the same.
const dist = path.resolve(import.meta.dirname, '../../../dist');

function options() {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string' },
      only: { type: 'string', multiple: true },
      share: { type: 'string' },
      entry: { type: 'string', default: path.join(dist, 'sidecar/main.cjs') },
    },
  });
  const unknown = values.only?.find((name) => !parts.some((part) => part.name === name));
  if (unknown !== undefined)
    throw new Error(`There is no part ${unknown}, only ${parts.map(({ name }) => name).join(', ')}.`);
  const chosen = values.only ? parts.filter(({ name }) => values.only?.includes(name)) : parts;
  const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
  return { seed, share: Number(values.share ?? 1), chosen, entry: path.resolve(values.entry) };
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** A part that cannot be carried out has missed its promise. */
async function figuresOf(part: ChaosPart, chaos: Chaos): Promise<Figure[]> {
  const from = performance.now();
  say(`${part.name} ...`);
  const figures = await part.run(chaos).catch((error: unknown): Figure[] => {
    const notes = [error instanceof Error ? (error.stack ?? error.message) : String(error)];
    return [{ what: part.name, promised: 'to be measured', measured: 'it broke off', ok: false, notes }];
  });
  const missed = figures.filter(({ ok }) => !ok).length;
  const took = ((performance.now() - from) / 1_000).toFixed(0);
  say(`${part.name}: ${missed === 0 ? 'ok' : `${missed} missed`}, ${took} s`);
  return figures;
}

async function main(): Promise<number> {
  const { seed, share, chosen, entry } = options();
  say(`Seed ${seed}; again with: npm run chaos -- --seed ${seed}`);
  const rounds = (full: number): number => Math.max(1, Math.round(full * share));
  const chaos: Chaos = { seed, rounds, say, entry, savedWithinMs: 500 };
  const beside = chosen.filter((part) => part.beside).map((part) => figuresOf(part, chaos));
  const figures: Figure[] = [];
  for (const part of chosen.filter((each) => !each.beside)) figures.push(...(await figuresOf(part, chaos)));
  figures.push(...(await Promise.all(beside)).flat());
  say(`\n${table(figures)}\n\nSeed ${seed}`);
  const machine = `${type()} ${release()}, ${cpus().length} x ${cpus()[0]?.model ?? 'processor'}, Node ${process.version}`;
  await mkdir(dist, { recursive: true });
  const report = { at: new Date().toISOString(), seed, share, machine, figures };
  await writeFile(path.join(dist, 'chaos.json'), `${JSON.stringify(report, null, 2)}\n`);
  return figures.every(({ ok }) => ok) ? 0 : 1;
}

// At a natural end after so many children, Node was seen to wait for ever for its own handles.
process.exit(await main());
