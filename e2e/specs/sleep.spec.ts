import { startPostgres } from '../../sidecar/test/postgresServer.ts';
import { alive } from '../fixtures/processTree.ts';
import { expect, test } from '../fixtures/test.ts';
import { checkLook } from '../pages/looks.ts';
import { addressOf, firstStartMs, sampleName } from '../pages/hawserPage.ts';
import { Spoken } from '../pages/spoken.ts';

test.use({ withSample: true });

const sleepMs = process.env.HAWSER_LONG === '1' ? 120_000 : 12_000;

test('after a sleep the window is as it was, and nobody is alarmed', async ({ app, hawser, server }) => {
  test.setTimeout(sleepMs + 90_000);
  const { editor, results, sidebar } = app;
  await app.connectSample();
  await app.connectTo('shop', server);
  await editor.runText("create temp table kept as select 'kept' as word");
  await expect(results.root).toContainText('SELECT 1');
  await editor.runText('select word from kept');
  await expect(results.grid.cell(1, 1)).toHaveText('kept');
  await app.newTab();
  await editor.write('select 2 -- of the second tab');
  const { sidecarPid } = hawser;
  const spoken = await Spoken.listen(app.page);

  const wake = hawser.fallAsleep();
  try {
    await app.page.waitForTimeout(sleepMs);
  } finally {
    wake();
  }
  const wokenAt = Date.now();
  // The page's own clock went on here: it may have said so meanwhile, but not any longer.
  await expect(app.page.getByText('Hawser does not answer')).toHaveCount(0);
  await expect(editor.text).toHaveText('select 2 -- of the second tab');
  await editor.runText("select 'awake'");
  await expect(results.grid.cell(1, 1)).toHaveText('awake', { timeout: 20_000 });
  expect(Date.now() - wokenAt, 'a few seconds, on a busy machine').toBeLessThan(15_000);
  for (const name of ['shop', sampleName])
    await expect(sidebar.connection(name, 'connected')).toBeVisible({ timeout: 20_000 });
  await expect(app.banner).toHaveCount(0);
  await app.tab('query 2').click();
  await editor.runText('select word || word from kept');
  await expect(results.grid.cell(1, 1), 'its backend is the same').toHaveText('keptkept');
  // Longer than the watchdog's patience with a silent sidecar, counted from its first tick after the sleep.
  while (Date.now() - wokenAt < 8_000) await app.page.waitForTimeout(250);
  expect(hawser.sidecarPid, 'the sidecar was not taken for dead').toBe(sidecarPid);
  await expect(app.page.getByText(/engine (was restarted|does not answer)/i)).toHaveCount(0);
  const alarms = await spoken.about(/: (reconnecting|error|connection lost|disconnected)|has lost|engine/i);
  expect(alarms, 'no storm of messages').toEqual([]);
});

test('a frozen sidecar is replaced; texts stay, and only a typed password is asked for again', async ({
  app,
  hawser,
  server,
}) => {
  test.slow();
  const { editor, form, results, sidebar } = app;
  const open = await startPostgres({ hba: 'host all all 127.0.0.1/32 trust\n' });
  try {
    await app.connectSample();
    await app.fillForm('no password', { ...addressOf(open), password: '' });
    await form.field('Password from').selectOption('None, the server wants none');
    await form.button('Save and connect').click();
    await expect(sidebar.connection('no password', 'connected')).toBeVisible();
    await editor.write('-- of the open one');
    await app.connectTo('typed', server);
    await editor.runText('select pg_sleep(300)');
    await expect(results.progress).toBeVisible();

    const spoken = await Spoken.listen(app.page);
    const frozen = hawser.freezeSidecar();
    const from = Date.now();
    await expect.poll(() => alive([frozen]), { timeout: 20_000 }).toEqual([]);
    await expect.poll(() => hawser.sidecarPid, { timeout: 20_000 }).toBeDefined();
    // 5 s of silence, a tick, and a restart within a second.
    expect(Date.now() - from).toBeLessThan(12_000);

    await expect(results.error).toContainText('Engine restarted', { timeout: 20_000 });
    await expect(results.progress).toHaveCount(0);
    await expect(editor.text).toHaveText('select pg_sleep(300)');
    await expect(app.banner).toContainText('typed was disconnected');
    await expect(app.banner).toContainText('your texts are safe');
    await checkLook(app, 'engine-restarted');
    expect(await spoken.about(/^typed: /), 'what changed unheard is said').toEqual(['typed: disconnected']);
    await expect(sidebar.connection('no password', 'connected')).toBeVisible({ timeout: 20_000 });
    await expect(sidebar.connection(sampleName, 'connected')).toBeVisible({ timeout: firstStartMs });
    await app.tab('no password').click();
    await expect(editor.text).toHaveText('-- of the open one');
    await editor.runText("select 'by itself'");
    await expect(results.grid.cell(1, 1)).toHaveText('by itself');

    await app.tab('typed').click();
    await app.banner.getByRole('button', { name: 'Connect' }).click();
    const question = app.page.getByRole('form', { name: /^Password of / });
    await expect(question).toHaveCount(1);
    await checkLook(app, 'password-once');
    await question.getByLabel(/^Password/).fill(server.password);
    await app.page.keyboard.press('Enter');
    await expect(sidebar.connection('typed', 'connected')).toBeVisible();
    await expect(question).toHaveCount(0);
    await editor.runText("select 'asked once'");
    await expect(results.grid.cell(1, 1)).toHaveText('asked once');
  } finally {
    await open.close();
  }
});
