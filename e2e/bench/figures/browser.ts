import { chromium, type Browser, type Page } from '@playwright/test';
import { tempFolder } from '../../../sidecar/test/tempFolder.ts';
import { HawserProcess } from '../../fixtures/hawserProcess.ts';
import { HawserPage } from '../../pages/hawserPage.ts';
import { browserArgs, findBrowser } from '../../tools/browser.ts';
import { tail, type Figure, type FigureTable } from '../figure.ts';
import { inTurn, median } from '../measure.ts';
import { ownMemoryMB } from '../memory.ts';
import type { World } from '../world.ts';

const rowCount = 10_000_000;
const rounds = 9;
/** So many moves of wheel, bar and keys, as quick as the browser takes them. */
const moves = 240;
const allRowsMs = 180_000;

/**
 * Left in the page: how long it takes from Ctrl+Enter until rows under a column of this name have been painted, and
 * how long each frame takes meanwhile.
 */
const probe = `
  window.bench = {
    painted: (name) => new Promise((resolve) => {
      addEventListener('keydown', (press) => {
        const observer = new MutationObserver(() => {
          const heads = [...document.querySelectorAll('[role="columnheader"]')];
          const cell = document.querySelector('[role="gridcell"]');
          if (!cell?.textContent || !heads.some((head) => head.textContent.includes(name))) return;
          observer.disconnect();
          requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - press.timeStamp)));
        });
        observer.observe(document, { subtree: true, childList: true, characterData: true });
      }, { capture: true, once: true });
    }),
    frames: [],
    watch: () => {
      let last;
      bench.frames = [];
      bench.isWatching = true;
      const frame = (now) => {
        if (last !== undefined) bench.frames.push(now - last);
        last = now;
        if (bench.isWatching) requestAnimationFrame(frame);
      };
      requestAnimationFrame(frame);
    },
    stop: () => {
      bench.isWatching = false;
      return bench.frames;
    },
  };
`;

/** What a person sees of ten million rows, in headless Chromium. */
export const browser: FigureTable = {
  name: 'browser',
  title: '10 million rows in the window',
  async measure(world) {
    const table = await world.table('t10m');
    const folder = await tempFolder();
    const hawser = await HawserProcess.start(folder.path);
    const chrome = await chromium.launch({
      executablePath: findBrowser(),
      args: [...browserArgs],
      // The bar of the grid is dragged.
      ignoreDefaultArgs: ['--hide-scrollbars'],
    });
    try {
      const page = await chrome.newPage({ viewport: { width: 1280, height: 800 } });
      await page.addInitScript({ content: probe });
      const app = new HawserPage(page);
      await app.open(hawser.url);
      await app.connectTo('bench', world.server);
      return [...(await firstRows(world, app, table)), ...(await scrolling(app, table, chrome))];
    } finally {
      await chrome.close();
      await hawser.stop();
      await folder.remove();
    }
  },
};

async function firstRows(world: World, app: HawserPage, table: string): Promise<Figure[]> {
  let run = 0;
  const painted = async (limit: string): Promise<number> => {
    const name = `run_${(run += 1)}`;
    await app.editor.write(`select id as ${name}, value from ${table}${limit}`);
    const seen = app.page.evaluate<number>(`bench.painted('${name}')`);
    await app.editor.run();
    const took = await seen;
    await app.page.keyboard.press('Control+.');
    await app.editor.idle();
    return took;
  };
  const { ours, theirs } = await inTurn(
    rounds,
    () => painted(''),
    () => painted(' limit 200'),
  );
  const all: number[] = [];
  for (let round = 0; round < 3; round += 1) all.push(await world.psql(`select * from ${table}`));
  const [many, few, psql] = [median(ours), median(theirs), median(all)].map(Math.round);
  return [
    {
      what: 'Ctrl+Enter to first rows painted, beside LIMIT 200',
      value: median(ours) / median(theirs),
      unit: '',
      limit: 1.5,
      how: `${many} ms beside ${few} ms`,
    },
    {
      what: 'the same, beside psql -A -t for all',
      value: median(ours) / median(all),
      unit: '',
      limit: 0.05,
      how: `${many} ms beside ${psql} ms`,
    },
  ];
}

async function scrolling(app: HawserPage, table: string, chrome: Browser): Promise<Figure[]> {
  const { page, results } = app;
  await app.editor.runText(`select * from ${table}`);
  const { root } = results.grid;
  await page.waitForFunction(
    (count) => document.querySelector('[role="grid"]')?.getAttribute('aria-rowcount') === String(count + 1),
    rowCount,
    { timeout: allRowsMs },
  );
  await app.editor.idle();
  const box = await root.boundingBox();
  if (!box) throw new Error('The grid is not to be seen');
  const [bar, top, height] = [box.x + box.width - 5, box.y + 40, box.height - 80];
  const figures: Figure[] = [];
  const watch = async (what: string, move: (step: number) => Promise<void>): Promise<void> => {
    await page.evaluate('bench.watch()');
    for (let step = 0; step < moves; step += 1) await move(step);
    figures.push(tail(`frame, ${what}`, await page.evaluate<number[]>('bench.stop()'), 0.95, 34));
  };
  await page.mouse.move(box.x + 300, box.y + 100);
  await watch('fast wheel', () => page.mouse.wheel(0, 900));
  await page.mouse.move(bar, top);
  await page.mouse.down();
  await watch('bar dragged up and down', (step) =>
    page.mouse.move(bar, top + height * (0.5 - 0.5 * Math.cos(step / 20))),
  );
  await page.mouse.up();
  await root.focus();
  await watch('Page Down held', () => page.keyboard.press('PageDown'));
  const memory = await pageMemory(chrome, page);
  return memory === undefined ? figures : [...figures, memory];
}

/** What the page's process holds of its own, after all that scrolling: without the browser's program, which all share. */
async function pageMemory(chrome: Browser, page: Page): Promise<Figure | undefined> {
  const session = await chrome.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const held: number[] = [];
  for (const { type, id } of processInfo) {
    const own = type === 'renderer' ? await ownMemoryMB(id) : undefined;
    if (own !== undefined) held.push(own);
  }
  if (held.length === 0) return undefined;
  const heap = await page.context().newCDPSession(page);
  await heap.send('Performance.enable');
  const { metrics } = await heap.send('Performance.getMetrics');
  const used = metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? 0;
  return {
    what: 'memory of the page',
    value: Math.max(...held),
    unit: 'MB',
    limit: 250,
    how: `without the browser’s program; ${Math.round(used / 1024 / 1024)} MB of it are JavaScript’s objects`,
  };
}
