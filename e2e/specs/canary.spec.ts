import { randomUUID } from 'node:crypto';
import type { Page } from '@playwright/test';
import { startKeyring, whyNoKeyring } from '../../sidecar/test/gnomeKeyring.ts';
import { HawserProcess } from '../fixtures/hawserProcess.ts';
import { addressOf } from '../pages/hawserPage.ts';
import { expect, test as base } from '../fixtures/test.ts';

const reason = whyNoKeyring();
if (reason !== undefined) process.stdout.write(`Without a real keychain. ${reason}.\n`);

/** With a keychain where there is one, so that it takes part. */
const test = base.extend({
  hawser: async ({ dataDir }, use) => {
    const keyring = reason === undefined ? await startKeyring() : undefined;
    const hawser = await HawserProcess.start(
      dataDir,
      keyring ? { ...keyring.env, HAWSER_NO_KEYCHAIN: '' } : {},
    );
    await use(hawser);
    await hawser.stop();
    await keyring?.close();
  },
});

/** All that a browser could keep of a page, and what the page shows. */
const keptBy = (page: Page): Promise<string> =>
  page.evaluate(async () => {
    const request = <T>(asked: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        asked.onsuccess = () => resolve(asked.result);
        asked.onerror = () => reject(asked.error ?? new Error('unreadable'));
      });
    const databases = await indexedDB.databases();
    const records = await Promise.all(
      databases.map(async ({ name = '' }) => {
        const database = await request(indexedDB.open(name));
        const stores = [...database.objectStoreNames];
        const all = stores.map((store) => request(database.transaction(store).objectStore(store).getAll()));
        return { name, records: await Promise.all(all) };
      }),
    );
    const state: unknown = history.state;
    return JSON.stringify([
      Object.entries(localStorage),
      Object.entries(sessionStorage),
      records,
      await caches.keys(),
      document.cookie,
      location.href,
      document.referrer,
      document.title,
      state,
      performance.getEntries().map(({ name }) => name),
      document.documentElement.outerHTML,
    ]);
  });

test('no secret stays in the browser, whatever is done with it', async ({ app, hawser, page, server }) => {
  test.slow();
  const secrets = {
    right: `canary-${randomUUID()}`,
    wrong: `canary-${randomUUID()}`,
  };
  await server.query(`create role canary login password '${secrets.right}'`);
  const said = `raise notice 'n ${secrets.right}'; raise exception 'e ${secrets.right}';`;
  await server.query(`create function tell() returns void language plpgsql as $$ begin ${said} end $$`);
  const told: string[] = [];
  const follow = () =>
    page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => told.push(String(payload))));
  page.on('request', (request) => told.push(request.url()));
  follow();
  await page.reload();
  await expect(app.sidebar.root).toHaveAttribute('aria-busy', 'false');

  await app.fillForm('shop', { ...addressOf(server), username: 'canary', password: secrets.wrong });
  await app.form.button('Save and connect').click();
  const prompt = page.getByRole('form', { name: /^Password of/ });
  await prompt.locator('input[type=password]').fill(secrets.right);
  if (reason === undefined) await prompt.getByRole('combobox', { name: 'Keep it' }).selectOption('keychain');
  await prompt.getByRole('button', { name: 'Connect', exact: true }).click();
  await expect(app.sidebar.connection('shop', 'connected')).toBeVisible();
  // A server that repeats it in a notice and in an error.
  await app.editor.runText('select tell()');
  await expect(app.results.root).toContainText('[redacted]');
  const kept = [await keptBy(page)];

  hawser.killSidecar();
  // What lies in the keychain needs nobody.
  if (reason === undefined)
    await expect(app.sidebar.connection('shop', 'connected')).toBeVisible({ timeout: 30_000 });
  await page.reload();
  await expect(app.sidebar.root).toHaveAttribute('aria-busy', 'false');
  kept.push(await keptBy(page));

  expect(told.length, 'messages were seen').toBeGreaterThan(10);
  for (const [kind, secret] of Object.entries(secrets)) {
    expect(
      kept.filter((text) => text.includes(secret)),
      `${kind} in the browser`,
    ).toEqual([]);
    expect(
      told.filter((text) => text.includes(secret)),
      `${kind} in a message or an address`,
    ).toEqual([]);
  }
});
