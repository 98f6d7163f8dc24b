import type { Locator } from '@playwright/test';
import type { TestServer } from '../../sidecar/test/postgresServer.ts';
import { expect, test } from '../fixtures/test.ts';
import { checkLook } from '../pages/looks.ts';
import { addressOf, type HawserPage } from '../pages/hawserPage.ts';
import { Spoken } from '../pages/spoken.ts';

/** A server that was killed recovers its data before it answers, which takes its time on a busy machine. */
const recoveryMs = 30_000;

const countSleeping = async (server: TestServer): Promise<number> => {
  const sleeping = "select from pg_stat_activity where query like 'select pg_sleep%' and state = 'active'";
  return (await server.query(sleeping)).length;
};

const ledgerOf = (app: HawserPage): Locator =>
  app.page.getByRole('region', { name: 'Lost with the connection' });

test('a killed server: each tab lists what it lost, the way back is said, and what is safe is set again', async ({
  app,
  mortal,
}) => {
  const { editor, results, sidebar } = app;
  await app.connectTo('shop', mortal);
  await test.step('a tab with a setting, a temporary table and a transaction, and one that runs', async () => {
    await editor.write('set search_path = audit; create temp table basket (n int);');
    await editor.runAll();
    await expect(results.root).toContainText('CREATE TABLE');
    await editor.idle();
    await editor.button('Begin').click();
    await expect(editor.button('Commit')).toBeVisible();
    await app.newTab();
    await editor.runText('select pg_sleep(300)');
    await expect.poll(() => countSleeping(mortal)).toBe(1);
  });
  const spoken = await Spoken.listen(app.page);
  await mortal.kill();

  await test.step('the tab that ran is told at once, and nothing is run again', async () => {
    await expect(results.error).toContainText('Whether it took effect is not known.');
    await expect(editor.errorMessage).toContainText('Whether it took effect is not known.');
    await expect(app.banner).toContainText(/Connection lost \d+ s ago/);
    // The reason of the last attempt, and what comes next.
    await expect(app.banner).toContainText(
      /attempt \d+, (trying now|next in [1-9]\d* s) · Nothing listens at .* · lost a transaction, /,
    );
    for (const name of ['Retry now', 'Stop', 'Details'])
      await expect(app.banner.getByRole('button', { name })).toBeVisible();
    await checkLook(app, 'lost-running');
  });
  await test.step('the other one lists what went with its backend', async () => {
    await app.banner.getByRole('button', { name: 'What was lost' }).click();
    await expect(app.tab('query 1')).toHaveAttribute('aria-selected', 'true');
    await expect(app.banner, 'it stands right beneath').not.toContainText('transaction');
    await expect(editor.button('Commit')).toHaveCount(0);
    await expect(ledgerOf(app)).toContainText('a transaction, a setting and a temporary table');
    await expect(ledgerOf(app)).toContainText('was open; the server rolls it back');
    await expect(ledgerOf(app)).toContainText('search_path = audit');
    await expect(ledgerOf(app)).toContainText('basket');
    await expect(ledgerOf(app).getByRole('button', { name: 'Replay' })).toBeDisabled();
    await checkLook(app, 'lost-ledger');
  });
  await mortal.restart();
  await test.step('Retry now does not wait for the countdown', async () => {
    await expect(async () => {
      // It comes back by itself, too: then there is no button any more.
      const retry = app.banner.getByRole('button', { name: 'Retry now' });
      if (await retry.isVisible()) await retry.click({ timeout: 1_000 });
      await expect(sidebar.connection('shop', 'connected')).toBeVisible({ timeout: 1_000 });
    }).toPass({ timeout: recoveryMs });
    await expect(app.banner).toHaveCount(0);
  });
  await test.step('Replay sets the setting again, and says so', async () => {
    await ledgerOf(app).getByRole('button', { name: 'Replay' }).click();
    await expect(ledgerOf(app)).toContainText(/set again\s*search_path/);
    await checkLook(app, 'lost-replayed');
    await editor.runText('show search_path');
    await expect(results.grid.cell(1, 1)).toHaveText('audit');
    await ledgerOf(app).getByRole('button', { name: 'Dismiss' }).click();
    await expect(ledgerOf(app)).toHaveCount(0);
  });
  await test.step('each change was said once', async () => {
    expect(await spoken.about(/^shop: reconnecting/)).toHaveLength(1);
    expect(await spoken.about(/^shop: connected/)).toHaveLength(1);
    expect(await spoken.about(/has lost/)).toEqual([
      'query 1 has lost a transaction, a setting and a temporary table.',
    ]);
    expect(await spoken.about(/attempt|next in/), 'a countdown would never be silent').toEqual([]);
  });
});

test('packets that are swallowed: idle tabs hear of it in seconds, and one reconnect serves them all', async ({
  app,
  faultyProxy,
  server,
}) => {
  const { editor, results, sidebar } = app;
  await app.connectTo('far', { ...addressOf(server), host: faultyProxy.host, port: faultyProxy.port });
  for (const tab of [1, 2, 3]) {
    if (tab > 1) await app.newTab();
    // A temporary table gives the tab a backend of its own.
    await editor.runText(`create temp table t as select ${tab} as tab`);
    await expect(results.root).toContainText('SELECT 1');
    await editor.idle();
  }
  const spoken = await Spoken.listen(app.page);
  await faultyProxy.setMode({ kind: 'blackhole' });
  const from = Date.now();
  await expect(app.banner).toContainText('Connection lost', { timeout: 15_000 });
  // 8 s are promised; the rest is for a machine that is busy with other things.
  expect(Date.now() - from).toBeLessThan(11_000);
  await checkLook(app, 'swallowed');

  await faultyProxy.setMode({ kind: 'pass' });
  await expect(sidebar.connection('far', 'connected')).toBeVisible({ timeout: 20_000 });
  await expect(app.banner).toHaveCount(0);
  expect(await spoken.about(/^far: reconnecting/)).toHaveLength(1);
  expect(await spoken.about(/^far: connected/)).toHaveLength(1);
  for (const tab of [1, 2, 3]) {
    await app.tab(`query ${tab}`).click();
    await expect(ledgerOf(app)).toContainText(/temporary table t\b/);
    await editor.runText(`select 'back in ${tab}'`);
    await expect(results.grid.cell(1, 1)).toHaveText(`back in ${tab}`);
  }
});

test('after Stop nothing is tried by itself, and Connect is one button', async ({
  app,
  faultyProxy,
  server,
}) => {
  const { editor, results, sidebar } = app;
  await app.connectTo('far', { ...addressOf(server), host: faultyProxy.host, port: faultyProxy.port });
  await faultyProxy.setMode({ kind: 'refuse' });
  faultyProxy.reset();
  await app.banner.getByRole('button', { name: 'Stop' }).click();
  await expect(sidebar.connection('far', 'stopped')).toBeVisible();
  await expect(app.banner).toContainText(/Connection lost \d+ s ago\s*stopped by you · /);
  await faultyProxy.setMode({ kind: 'pass' });
  const tried = faultyProxy.accepted;
  // Longer than the longest pause between two attempts.
  await app.page.waitForTimeout(3_000);
  expect(faultyProxy.accepted, 'nobody tried').toBe(tried);
  await expect(sidebar.connection('far', 'stopped')).toBeVisible();
  await checkLook(app, 'stopped');

  await app.banner.getByRole('button').first().click();
  await expect(sidebar.connection('far', 'connected')).toBeVisible();
  await expect(app.banner).toHaveCount(0);
  await editor.runText("select 'again'");
  await expect(results.grid.cell(1, 1)).toHaveText('again');
});

test('Cancel over a dead link: the run ends in seconds, and says that the server was not reached', async ({
  app,
  faultyProxy,
  server,
}) => {
  const { editor, results } = app;
  await app.connectTo('far', { ...addressOf(server), host: faultyProxy.host, port: faultyProxy.port });
  await editor.runText('select pg_sleep(300)');
  await expect.poll(() => countSleeping(server)).toBe(1);
  await faultyProxy.setMode({ kind: 'blackhole' });
  const from = Date.now();
  await editor.button('Cancel').click();
  await expect(results.progress).toHaveCount(0);
  // 2 s are promised; the rest is for a machine that is busy with other things.
  expect(Date.now() - from).toBeLessThan(6_000);
  await expect(editor.toolbar).toContainText('Server not reached');
  await checkLook(app, 'cancel-dead');
});
