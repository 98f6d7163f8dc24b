import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { TestServer } from '../../sidecar/test/postgresServer.ts';
import { expect, test } from '../fixtures/test.ts';
import { addressOf, sampleName, type HawserPage } from '../pages/hawserPage.ts';
import { checkLook } from '../pages/looks.ts';
import { smallPng } from '../tools/smallPng.ts';

// Here the window moves as it does for most of its users.
test.use({ contextOptions: { reducedMotion: 'no-preference' } });

const pictures = path.resolve(import.meta.dirname, '../pictures');

// Elsewhere a test must not change files of the repository.
const writesPictures = process.env.HAWSER_PICTURES === '1';

test.use({ locale: 'en-GB', showScrollbars: true, withSample: true });

test('the sample shop looks as the README shows it', async ({ app, server }) => {
  await fillSidebar(app, server);
  await app.connectSample();
  await app.editor.runText(shopQuery);
  await expect(app.results.root).toContainText(/\d+ rows/);
  await app.results.grid.cell(4, 6).click();
  await expect(app.statusBar).toContainText('1 cell');
  await checkLook(app, 'shop');
  if (writesPictures) await takePictures(app);
});

/** Pictures of the parts that people look at first, light and dark. */
async function takePictures(app: HawserPage): Promise<void> {
  const { editor, page, results, sidebar } = app;
  await mkdir(pictures, { recursive: true });
  await page.setViewportSize({ width: 1280, height: 800 });
  const take = async (name: string) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const file = path.join(pictures, `${name}-${colorScheme}.png`);
      await writeFile(file, smallPng(await page.screenshot({ caret: 'initial' })));
    }
  };
  for (const group of ['Staging', 'Archive']) {
    const row = sidebar.group(group);
    if ((await row.getAttribute('aria-expanded')) === 'true') await row.click();
  }
  await sidebar.connection(sampleName).focus();
  for (const name of ['shop, database', 'public, schema', 'orders']) {
    await page.keyboard.press('ArrowRight');
    if (await sidebar.row(name).count()) await sidebar.row(name).click();
  }
  await page.keyboard.press('ArrowRight');
  await expect(sidebar.row('customer_id, column')).toBeVisible();
  await results.grid.press('Control+Home');
  for (const key of ['ArrowRight', 'ArrowRight', 'F2']) await page.keyboard.press(key);
  await expect(page.getByRole('dialog', { name: 'Value' })).toContainText('items');
  await take('shop');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+E');
  await expect(app.dialog).toContainText('id,customer,meta');
  await take('export');
  await page.keyboard.press('Escape');
  await editor.write('select c.name, sum(o.total)\nfrom orders o\n  join ');
  await page.keyboard.press('Control+Space');
  await expect(page.getByRole('listbox', { name: 'Completions' })).toContainText('customer_id');
  await take('completion');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+K');
  await page.keyboard.type('res');
  await take('palette');
}

test('nothing is cut and all can be read, light and dark, in a large window and a small one', async ({
  app,
  page,
  server,
}) => {
  test.slow();
  await checkLook(app, 'start');
  await fillSidebar(app, server);
  const { editor, form, results, sidebar } = app;
  await test.step('an error', async () => {
    await sidebar.connection('billing', 'connected').click();
    await editor.write('select id, total from orders\nwhere placed_at > now();');
    await editor.run();
    await expect(results.error).toBeVisible();
    await checkLook(app, 'error');
  });
  await test.step('several results and messages', async () => {
    // On production the block in the middle would have to be confirmed.
    await sidebar.open('billing staging');
    await expect(sidebar.connection('billing staging', 'connected')).toBeVisible();
    await editor.write("select 1;\ndo $$ begin raise notice 'ahoy'; end $$;\nselect 2, null, '', 'x  '");
    await editor.runAll();
    await editor.idle();
    await results.tab('Messages').click();
    await expect(results.root).toContainText('ahoy');
    await checkLook(app, 'messages');
  });
  await test.step('a connection that failed, with its details', async () => {
    await sidebar.open('search');
    await expect(app.banner).toContainText('No such database');
    await app.banner.getByRole('button', { name: 'Details' }).click();
    await checkLook(app, 'banner');
  });
  await test.step('menu, palette and keys', async () => {
    await sidebar.connection('billing').click({ button: 'right' });
    await checkLook(app, 'menu');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+K');
    await checkLook(app, 'palette');
    await page.keyboard.press('Escape');
    await sidebar.tree.focus();
    await page.keyboard.press('?');
    await checkLook(app, 'keys');
    await page.keyboard.press('Escape');
  });
  await test.step('the form with a test that failed', async () => {
    await app.fillForm('new one', { ...addressOf(server), password: 'wrong' });
    await form.button('Test').click();
    await expect(form.stage('Authenticate')).toContainText('failed');
    await form.fill({ port: 0 });
    await form.button('Save').click();
    await checkLook(app, 'form');
    for (const tab of ['TLS', 'Options']) {
      await form.root.getByRole('tab', { name: tab }).click();
      await checkLook(app, `form-${tab.toLowerCase()}`);
    }
  });
});

const shopQuery = `-- orders of the last ten days, largest first
select o.id, c.name as customer, o.meta, o.status, o.total, o.placed_at::date, o.note
from orders o
  join customers c on c.id = o.customer_id
where o.placed_at > now() - interval '10 days'
order by o.total desc;
`;

/** A sidebar as people have it: groups, environments, and each status that stands still. */
async function fillSidebar(app: HawserPage, server: TestServer): Promise<void> {
  const { form, sidebar } = app;
  const groups = {
    Production: [
      { name: 'billing', environment: 'Production' },
      { name: 'reporting replica', environment: 'Production' },
    ],
    Staging: [
      { name: 'billing staging', environment: 'Staging' },
      { name: 'search', environment: 'Staging', database: 'missing' },
    ],
    Archive: [{ name: 'billing 2024', environment: 'None' }],
  };
  for (const [group, connections] of Object.entries(groups)) {
    await sidebar.chooseNew('New group');
    await sidebar.nameGroup(group);
    for (const { name, environment, ...fields } of connections) {
      await sidebar.choose(sidebar.group(group), 'New connection here');
      await form.fill({ name, ...addressOf(server), ...fields });
      await form.field('Environment').selectOption(environment);
      await form.save();
      await expect(sidebar.connection(name)).toBeVisible();
    }
  }
  await sidebar.group('Archive').click();
  await sidebar.open('search');
  await expect(sidebar.connection('search', 'error')).toBeVisible();
  await sidebar.open('billing');
  await expect(sidebar.connection('billing', 'connected')).toBeVisible();
}
