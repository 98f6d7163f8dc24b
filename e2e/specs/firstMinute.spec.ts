import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { HawserProcess } from '../fixtures/hawserProcess.ts';
import { alive, descendantsOf } from '../fixtures/processTree.ts';
import { expect, test } from '../fixtures/test.ts';
import { firstStartMs, HawserPage, sampleName } from '../pages/hawserPage.ts';

// Here the window moves as it does for most of its users.
test.use({ contextOptions: { reducedMotion: 'no-preference' } });

test('a stranger clicks the sample, presses one key and reads rows', async ({ app }) => {
  const { editor, results, sidebar } = app;
  await test.step('a fresh folder shows the sample in its group, and a click connects nothing', async () => {
    await expect.poll(() => sidebar.outline()).toEqual(['Getting started', `  ${sampleName}`]);
    await sidebar.connection(sampleName).click();
    await expect(sidebar.connection(sampleName, 'disconnected')).toHaveAttribute('aria-selected', 'true');
    await expect(app.tab('query 1')).toHaveCount(0);
  });
  await test.step('a double click makes the server, and says what it does meanwhile', async () => {
    await sidebar.open(sampleName);
    await expect(app.banner).toContainText(`Connecting to ${sampleName}`);
    await expect(app.banner).toContainText(/Preparing a PostgreSQL server|Making the sample shop/);
    await expect(editor.text).toBeFocused();
    await editor.run();
    await expect(editor.toolbar).toContainText('Runs once connected');
    await expect(sidebar.connection(sampleName, 'connected')).toBeVisible({ timeout: firstStartMs });
    await expect(app.banner).toHaveCount(0);
    await expect(app.statusBar).toContainText('PostgreSQL');
  });
  await test.step('the first query stands there already, and has run as soon as it could', async () => {
    await expect(results.root).toContainText('80,000 rows');
    await expect(app.statusBar).toContainText('80,000 rows');
    await expect(results.grid.root).toHaveAttribute('aria-rowcount', '80001');
  });
  await test.step('values are told apart', async () => {
    const { grid } = results;
    await expect(grid.header('id')).toContainText('bigint');
    await expect(grid.cell(1, 1)).toHaveText('1');
    await expect(grid.cell(1, 1)).toHaveCSS('text-align', 'right');
    await expect(grid.cell(1, 3)).toHaveText('delivered');
    await expect(grid.cell(1, 3)).not.toHaveCSS('text-align', 'right');
    await expect(grid.cell(1, 6)).toHaveText('gift··');
    await expect(grid.cell(2, 6)).toHaveText('empty');
    await expect(grid.cell(4, 6)).toHaveText('NULL');
  });
  await test.step('the last row is one key away', async () => {
    await results.grid.press('Control+End');
    await expect(results.grid.cell(80_000, 8)).toBeVisible();
    await expect(results.grid.cell(80_000, 8)).toHaveAttribute('aria-selected', 'true');
    await expect(results.grid.cell(80_000, 8)).toHaveText(/^\d{4}-/);
    await expect(app.statusBar).toContainText('updated_at');
  });
});

test('the whole way goes by keyboard alone', async ({ app, page }) => {
  const { editor, results, sidebar } = app;
  await page.keyboard.press('Tab');
  await expect(sidebar.search).toBeFocused();
  // The order of the list and New stand between.
  for (let stop = 0; stop < 3; stop++) await page.keyboard.press('Tab');
  await expect(sidebar.group('Getting started')).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(sidebar.connection(sampleName, 'disconnected')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(sidebar.connection(sampleName, 'connected')).toBeVisible({ timeout: firstStartMs });
  await expect(editor.text).toBeFocused();
  await page.keyboard.press('Control+Enter');
  await expect(results.grid.cell(1, 1)).toHaveText('1');
  await page.keyboard.press('F6');
  await expect(results.grid.root).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  await expect(results.grid.cell(2, 2)).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Shift+F6');
  await expect(editor.text).toBeFocused();
});

test('after a killed sidecar a connection with a password waits for its user, and says why', async ({
  app,
  hawser,
  server,
}) => {
  const { editor, results, sidebar } = app;
  await app.connectTo('reports', server);
  await editor.write("select 'again'");
  hawser.killSidecar();
  await expect(app.banner).toContainText('reports was disconnected');
  await expect(app.banner).toContainText('your texts are safe');
  await expect(editor.text).toHaveText("select 'again'");
  await app.banner.getByRole('button', { name: 'Connect' }).click();
  const question = app.page.getByRole('form', { name: 'Password of reports' });
  await expect(question.getByLabel(/^Password/)).toBeFocused();
  await app.page.keyboard.insertText(server.password);
  await app.page.keyboard.press('Enter');
  await expect(sidebar.connection('reports', 'connected')).toBeVisible();
  await editor.text.click();
  await editor.run();
  await expect(results.grid.cell(1, 1)).toHaveText('again');
});

test.describe('with the sample made', () => {
  test.use({ withSample: true });

  test('a killed sidecar comes back by itself, and nothing typed is lost', async ({ app, hawser }) => {
    const { editor, results, sidebar } = app;
    await app.connectSample();
    await editor.runText('select id, name from products order by id');
    await expect(results.grid.cell(1, 1)).toHaveText('1');
    await editor.write('select count(*) + 0.5 from customers');
    const killed = hawser.killSidecar();
    expect(killed.length, 'the sidecar, its server and the guard').toBeGreaterThan(3);
    await expect.poll(() => alive(killed)).toEqual([]);
    await expect.poll(() => hawser.sidecarPid, 'the host starts another').toBeDefined();

    // Until the window is let in again it still shows how things were: so it is tried until it works, as a user would.
    await expect(async () => {
      await editor.run();
      await expect(results.grid.cell(1, 1)).toHaveText(/^\d+\.5$/, { timeout: 1_000 });
    }).toPass({ timeout: firstStartMs });
    await expect(sidebar.connection(sampleName, 'connected')).toBeVisible();
    await expect(editor.line('select count(*) + 0.5 from customers')).toBeVisible();
    await expect(app.banner).toHaveCount(0);
  });

  test('a killed host leaves nothing behind, and the next start finds texts and data', async ({
    app,
    context,
    dataDir,
    hawser,
  }) => {
    await app.connectSample();
    await app.editor.runText('create table kept as select 42 as answer');
    await expect(app.results.root).toContainText('SELECT 1');
    await app.editor.button('Begin').click();
    await app.editor.runText('insert into kept values (43)');
    await expect(app.results.root).toContainText('INSERT 0 1');
    await app.editor.write('select answer from kept');
    await app.newTab();
    await app.editor.write('-- of the second tab');
    const onDisk = () => readFile(path.join(dataDir, 'documents.json'), 'utf8');
    await expect
      .poll(onDisk, 'both texts are on disk')
      .toMatch(/select answer from kept.*of the second tab/s);
    const family = descendantsOf(hawser.pid);
    expect(family.length).toBeGreaterThan(4);
    await hawser.kill();
    await expect.poll(() => alive(family), 'sidecar, server and guard are gone').toEqual([]);

    const again = await HawserProcess.start(dataDir);
    try {
      const window = new HawserPage(await context.newPage());
      await window.open(again.url);
      await window.tab('query 2').click();
      await expect(window.editor.text).toHaveText('-- of the second tab');
      await window.tab('query 1').click();
      await expect(window.editor.text).toHaveText('select answer from kept');
      await expect(
        window.page.getByRole('region', { name: 'Lost with the connection' }),
        'whoever comes back is told what was open, before he runs anything',
      ).toContainText('a transaction, which the server rolls back');
      await window.sidebar.open(sampleName);
      await expect(window.sidebar.connection(sampleName, 'connected')).toBeVisible({ timeout: firstStartMs });
      await expect(window.editor.text).toBeFocused();
      await window.editor.run();
      await expect(window.results.grid.cell(1, 1)).toHaveText('42');
    } finally {
      await again.stop();
    }
  });
});
