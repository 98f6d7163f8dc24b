import type { Locator } from '@playwright/test';
import type { TestServer } from '../../sidecar/test/postgresServer.ts';
import { isCommitting, letGo, slowTables } from '../../sidecar/test/slowCommit.ts';
import { expect, test } from '../fixtures/test.ts';
import { checkLook } from '../pages/looks.ts';
import { addressOf, type HawserPage } from '../pages/hawserPage.ts';
import { Spoken } from '../pages/spoken.ts';

/** A server that was killed recovers its data before it answers, which takes its time on a busy machine. */
const recoveryMs = 30_000;

const ledgerOf = (app: HawserPage): Locator =>
  app.page.getByRole('region', { name: 'Lost with the connection' });

/** Begins, inserts and presses Commit; back once the server is at it. */
async function commitSlowly(app: HawserPage, server: TestServer, n: number): Promise<void> {
  const { editor, results } = app;
  await editor.write(`set work_mem = '8MB'; begin; insert into slow values (${n});`);
  await editor.runAll();
  await expect(results.root).toContainText('INSERT 0 1');
  await editor.idle();
  await editor.button('Commit').click();
  await expect.poll(() => isCommitting(server)).toBe(true);
}

test('a server killed in a COMMIT: the tab says at once that it is open, and later that all was rolled back', async ({
  app,
  mortal,
}) => {
  const { editor, results, sidebar } = app;
  await mortal.query(slowTables);
  await app.connectTo('shop', mortal);
  await commitSlowly(app, mortal, 1);
  const spoken = await Spoken.listen(app.page);
  await mortal.kill();

  const query = app.page.getByRole('region', { name: 'Query' });
  await expect(query).toContainText(/Whether it was committed is not known yet|asking the server/);
  await expect(ledgerOf(app)).toContainText(/asking the server what became of the COMMIT\s+lost: a setting/);
  await expect(ledgerOf(app)).not.toContainText('rolls it back');
  await expect(editor.root.getByText('Whether it was committed is not known yet')).toHaveCount(0);
  await expect(results.root).toContainText('whether it was committed is being asked');
  await checkLook(app, 'commit-asked');

  await mortal.restart();
  await expect(sidebar.connection('shop', 'connected')).toBeVisible({ timeout: recoveryMs });
  await expect(ledgerOf(app)).toContainText('the COMMIT did not take effect: all was rolled back');
  await expect(results.root.getByText('rolled back with the lost connection').first()).toBeVisible();
  await checkLook(app, 'commit-rolled-back');
  expect(await spoken.about(/COMMIT/)).toEqual([
    'query 1: the connection was lost; asking the server what became of the COMMIT. Lost: a setting.',
    'query 1: the COMMIT did not take effect: all was rolled back.',
  ]);
  await ledgerOf(app).getByRole('button', { name: 'Dismiss' }).click();
  await expect(results.root, 'it stays true').toContainText('rolled back with the lost connection');
});

test('a COMMIT whose answer is lost, and which has taken effect: nothing of it is said to be lost', async ({
  app,
  faultyProxy,
  server,
}) => {
  const { results } = app;
  await server.query(slowTables);
  await app.connectTo('far', { ...addressOf(server), host: faultyProxy.host, port: faultyProxy.port });
  await commitSlowly(app, server, 1);
  const spoken = await Spoken.listen(app.page);
  await faultyProxy.setMode({ kind: 'cut', from: 'server', afterBytes: 5 });
  await letGo(server, 1);
  await expect(app.banner).toContainText('Connection lost');
  await faultyProxy.setMode({ kind: 'pass' });
  await expect(ledgerOf(app)).toContainText(/the COMMIT has taken effect\s+lost: a setting/, {
    timeout: recoveryMs,
  });
  await expect(ledgerOf(app)).not.toContainText(/transaction|rolled back/);
  await expect(results.root).toContainText('INSERT 0 1');
  await expect(results.root).not.toContainText(/rolled back|committed/);
  await checkLook(app, 'commit-taken');
  await ledgerOf(app).getByRole('button', { name: 'Replay' }).click();
  await expect(ledgerOf(app)).toContainText(/set again\s*work_mem/);
  expect(await server.query('select from slow')).toHaveLength(1);
  expect((await spoken.about(/the COMMIT has taken effect/)).length).toBe(1);
  // One is said after the other.
  await expect.poll(() => spoken.about(/^Set again: work_mem/)).toHaveLength(1);
  expect(await spoken.about(/lost a transaction/)).toEqual([]);
});

test('an engine that is replaced: it is said aloud, with what each tab lost', async ({
  app,
  hawser,
  server,
}) => {
  const { editor, results } = app;
  await app.connectTo('shop', server);
  await editor.write("set search_path = audit, public; set work_mem = '8MB'; listen news;");
  await editor.runAll();
  await expect(results.root).toContainText('LISTEN');
  await editor.runText('select pg_advisory_lock(7)');
  await editor.idle();
  await editor.write('begin; select 1');
  await editor.runAll();
  await expect(editor.button('Commit')).toBeVisible();
  const spoken = await Spoken.listen(app.page);
  hawser.killSidecar();
  await expect(ledgerOf(app)).toContainText('an advisory lock');
  await checkLook(app, 'engine-replaced');
  await app.page.setViewportSize({ width: 900, height: 600 });
  await expect(ledgerOf(app)).not.toContainText('search_path');
  await ledgerOf(app).getByRole('button', { name: 'Show all' }).click();
  await expect(ledgerOf(app)).toContainText('search_path');
  await checkLook(app, 'engine-replaced-all');
  expect(await spoken.about(/The engine was restarted/)).toEqual(['The engine was restarted.']);
  expect(await spoken.about(/has lost/)).toEqual([
    'query 1 has lost a transaction, 2 settings, a LISTEN and an advisory lock.',
  ]);
});
