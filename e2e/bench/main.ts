import { parseArgs } from 'node:util';
import { isHeld, print, type Figure, type FigureTable } from './figure.ts';
import { browser } from './figures/browser.ts';
import { catalog } from './figures/catalog.ts';
import { completion } from './figures/completion.ts';
import { connecting } from './figures/connecting.ts';
import { door } from './figures/door.ts';
import { exporting } from './figures/exporting.ts';
import { history } from './figures/history.ts';
import { latency } from './figures/latency.ts';
import { memory } from './figures/memory.ts';
import { results } from './figures/results.ts';
import { peers } from './figures/peers.ts';
import { startUp } from './figures/startUp.ts';
import { values } from './figures/values.ts';
import { World } from './world.ts';

const tables: FigureTable[] = [
  startUp,
  door,
  connecting,
  results,
  latency,
  catalog,
  completion,
  browser,
  values,
  exporting,
  history,
  memory,
  peers,
];

/** `--only results,latency` measures a part. */
function chosen(): FigureTable[] {
  const { only } = parseArgs({ options: { only: { type: 'string' } } }).values;
  const names = only?.split(',').map((name) => name.trim());
  const unknown = names?.find((name) => !tables.some((table) => table.name === name));
  if (unknown !== undefined)
    throw new Error(`There is no table ${unknown}, only ${tables.map(({ name }) => name).join(', ')}.`);
  return tables.filter(({ name }) => names?.includes(name) ?? true);
}

async function main(): Promise<void> {
  const wanted = chosen();
  const world = await World.open();
  const all: Figure[] = [];
  try {
    for (const { title, measure } of wanted) {
      try {
        const figures = await measure(world);
        all.push(...figures);
        console.log(print(title, figures));
      } catch (error) {
        // The other tables are worth having all the same.
        console.error(`# ${title} could not be measured:`, error);
        process.exitCode = 1;
      }
    }
  } finally {
    await world.close();
  }
  const limited = all.filter((figure) => isHeld(figure) !== undefined);
  console.log(`${limited.filter(isHeld).length} of ${limited.length} limits are held.`);
}

await main();
