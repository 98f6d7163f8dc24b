import { expect, test } from '../fixtures/test.ts';
import { addressOf } from '../pages/hawserPage.ts';

test('a server that dies under a query: what happened is said, and the way back is one button', async ({
  app,
  mortal,
}) => {
  const { editor, results, sidebar } = app;
  await app.connectTo('mortal', mortal);
  await editor.runText("select 'before'");
  await expect(results.grid.cell(1, 1)).toHaveText('before');
  await editor.runText('select pg_sleep(300)');
  await expect(results.progress).toBeVisible();
  await mortal.stop('immediate');

  await expect(results.progress).toHaveCount(0);
  await expect(results.error).toContainText('Connection lost');
  await expect(results.error).toContainText('Whether it took effect is not known.');
  await expect(results.error.getByRole('button', { name: 'Run again' })).toHaveCount(0);
  await expect(editor.line('select pg_sleep(300)')).toBeVisible();
  await expect(app.banner).toContainText('Connection lost');
  await expect(app.banner).toContainText(/attempt \d+, (trying now|next in)/);
  await expect(sidebar.connection('mortal', 'reconnecting')).toBeVisible();

  await app.banner.getByRole('button', { name: 'Stop' }).click();
  await expect(sidebar.connection('mortal', 'stopped')).toBeVisible();
  await expect(app.banner.getByRole('button')).toHaveText(['Try again', 'Edit', 'Diagnose', 'Details']);
  await mortal.restart();
  await app.banner.getByRole('button', { name: 'Try again' }).click();
  await expect(sidebar.connection('mortal', 'connected')).toBeVisible();
  await expect(app.banner).toHaveCount(0);
  await editor.runText("select 'after'");
  await expect(results.grid.cell(1, 1)).toHaveText('after');
});

test('a server that comes back is found again without a hand', async ({ app, mortal }) => {
  const { editor, results, sidebar } = app;
  await app.connectTo('mortal', mortal);
  await editor.runText('select i from generate_series(1, 300) i');
  await expect(results.root).toContainText('300 rows');
  await mortal.stop('immediate');
  await expect(sidebar.connection('mortal', 'reconnecting')).toBeVisible();
  await results.grid.press('Control+End');
  await expect(results.grid.cell(300, 1), 'rows that came stay').toHaveText('300');
  await mortal.restart();
  await expect(sidebar.connection('mortal', 'connected')).toBeVisible({ timeout: 20_000 });
  await expect(app.banner).toHaveCount(0);
  await editor.runText("select 'back'");
  await expect(results.grid.cell(1, 1)).toHaveText('back');
});

test('a server that never answers: connecting can be cancelled, and tried again', async ({
  app,
  faultyProxy,
  server,
}) => {
  const { editor, sidebar } = app;
  await faultyProxy.setMode({ kind: 'blackhole' });
  await app.fillForm('far away', { ...addressOf(server), host: faultyProxy.host, port: faultyProxy.port });
  await app.form.button('Save and connect').click();
  await expect(sidebar.connection('far away', 'connecting')).toBeVisible();
  await expect(app.banner).toContainText('Connecting to far away');
  await app.banner.getByRole('button', { name: 'Cancel' }).click();
  await expect(sidebar.connection('far away', 'disconnected')).toBeVisible();
  await expect(app.banner).toHaveCount(0);
  await faultyProxy.setMode({ kind: 'pass' });
  await sidebar.open('far away');
  await expect(sidebar.connection('far away', 'connected')).toBeVisible();
  await editor.runText("select 'reached'");
  await expect(app.results.grid.cell(1, 1)).toHaveText('reached');
});

test('a test of a server that never answers can be stopped', async ({ app, faultyProxy, server }) => {
  const { form } = app;
  await faultyProxy.setMode({ kind: 'blackhole' });
  await app.fillForm('far away', { ...addressOf(server), host: faultyProxy.host, port: faultyProxy.port });
  await form.button('Test').click();
  await expect(form.stage('TCP')).toContainText('answers');
  await form.button('Stop the test').click();
  await expect(form.button('Test')).toBeVisible();
  await faultyProxy.setMode({ kind: 'pass' });
  await form.button('Test').click();
  await expect(form.root).toContainText('The connection works.');
});
