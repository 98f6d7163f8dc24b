import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { expect, test } from '../fixtures/test.ts';
import { checkLook } from '../pages/looks.ts';

const hostileTexts = JSON.parse(
  readFileSync(path.resolve(import.meta.dirname, '../../shared/test/hostileTexts.json'), 'utf8'),
) as { kind: string; text: string }[];

/** What a definition can hold: no zero byte, at most 200 characters, no blanks around it. */
const names = hostileTexts.map(({ text }) => text.trim().slice(0, 200));

/** Characters that may stand nowhere in what is drawn, spoken or shown on hover; emojis keep their joiners. */
const deceptive = /[\p{Cc}\u00ad\u061c\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\u2800]/u;

test.beforeEach(async ({ context, dataDir, server }) => {
  // Anything that runs leaves a trace; so does a dialog, and each breach of the policy is an error of the page already.
  await context.addInitScript(() => {
    const ran: unknown[] = [];
    Object.defineProperty(window, '__ran', { get: () => ran, set: (what) => ran.push(what) });
    for (const way of ['alert', 'confirm', 'prompt', 'open'] as const)
      window[way] = () => {
        ran.push(way);
        return null as never;
      };
    document.addEventListener('securitypolicyviolation', (event) => ran.push(event.violatedDirective));
  });
  const { host, port, database, username } = server;
  const common = { tls: { mode: 'prefer' }, createdAt: 1, updatedAt: 1 };
  const definitions = {
    version: 1,
    groups: names.slice(0, 12).map((name, sortOrder) => ({ id: `g${sortOrder}`, name, sortOrder })),
    connections: [
      ...names.map((name, sortOrder) => ({
        ...common,
        id: randomUUID(),
        name,
        sortOrder,
        host: name || 'x',
        database: name || 'x',
        username: name || 'x',
        ...(sortOrder < 12 ? { groupId: `g${sortOrder}` } : {}),
      })),
      { ...common, id: randomUUID(), name: 'shop', sortOrder: -1, host, port, database, username },
    ],
  };
  await writeFile(path.join(dataDir, 'connections.json'), JSON.stringify(definitions));
});

test('hostile names, hosts, errors and notices are text, and what hides in them is seen', async ({
  app,
  page,
  server,
}) => {
  test.slow();
  const { editor, form, results, sidebar } = app;
  await test.step('as names in the sidebar, its search, its details and its questions', async () => {
    await expect(sidebar.tree.getByRole('treeitem').first()).toBeVisible();
    const count = await sidebar.lookThrough(() => expectHarmless(page, sidebar.root));
    expect(count).toBe(names.length + 13);
    await checkLook(app, 'hostile names');
    for (const text of ['onerror', '\u202e', '</script>']) {
      await sidebar.search.fill(text);
      await expect(sidebar.tree.locator('mark').first()).toBeVisible();
      await expectHarmless(page, sidebar.root);
    }
    const bidi = sidebar.tree.getByRole('treeitem').filter({ hasText: 'gnp.exe' });
    await sidebar.search.fill('gnp.exe');
    await expect(bidi.locator('.name')).toHaveText('userU+202Egnp.exe');
    await bidi.click();
    await page.keyboard.press('Space');
    await expect(page.getByRole('dialog')).toContainText('userU+202Egnp.exe');
    await expectHarmless(page, page.locator('body'));
    await page.keyboard.press('Escape');
    await page.keyboard.press('Delete');
    await expect(app.dialog).toContainText('userU+202Egnp.exe');
    await app.answer('Keep it');
    await sidebar.search.fill('<img src=x');
    await sidebar.tree.getByRole('treeitem').last().click();
    await page.keyboard.press('Control+A');
    await page.keyboard.press('Delete');
    await expect(app.dialog).toContainText('<img src=x');
    await app.answer('Keep them');
    await page.keyboard.press('Control+K');
    await expectHarmless(page, page.getByRole('dialog'));
    await page.keyboard.press('Escape');
    await sidebar.search.fill('');
  });

  await test.step('as a host that is not found', async () => {
    await sidebar.search.fill('gnp.exe');
    await sidebar.tree.getByRole('treeitem').filter({ hasText: 'gnp.exe' }).dblclick();
    await expect(app.banner).toBeVisible();
    await app.banner.getByRole('button', { name: 'Details' }).click();
    await expectHarmless(page, page.locator('body'));
    await expect(app.banner).toContainText('U+202E');
  });

  await sidebar.search.fill('shop');
  await sidebar.choose(sidebar.connection('shop'), 'Edit…');
  await form.fill({ password: server.password });
  await form.button('Save and connect').click();
  await expect(sidebar.connection('shop', 'connected')).toBeVisible();
  await expect(editor.text).toBeFocused();

  await test.step('as notices of a server', async () => {
    const all = names.map(
      (text) => `raise notice using message = ${literal(text)}, hint = ${literal(text)};`,
    );
    await editor.runText(`do $hostile$ begin ${all.join('\n')} end $hostile$`);
    await results.tab('Messages').click();
    await expect(results.root.locator('.notice')).toHaveCount(names.length);
    await expectHarmless(page, results.root);
    await checkLook(app, 'hostile notices');
  });

  await test.step('as errors of a server, and as names and values of columns', async () => {
    const texts = hostileTexts.filter(({ kind }, index) => kind === 'bidi' || index % 8 === 0);
    for (const { text } of texts) {
      const words = `message = ${literal(text)}, detail = ${literal(text)}, hint = ${literal(text)}`;
      await editor.runText(`do $hostile$ begin raise exception using ${words}; end $hostile$`);
      await expect(results.error).toBeVisible();
      await expectHarmless(page, results.root);
      if (text.includes('gnp.exe')) await checkLook(app, 'hostile error');
    }
    const columns = texts.map(({ text }, index) => `${literal(text)} as ${identifier(`${index} ${text}`)}`);
    await editor.runText(`select ${columns.join(', ')}`);
    await expect(results.grid.row(1)).toBeVisible();
    await expectHarmless(page, results.root);
  });
});

/** Nothing has run, no element came out of a text, and nothing that deceives is left in what can be seen or heard. */
async function expectHarmless(page: Page, within: Locator): Promise<void> {
  expect(await page.evaluate(() => (window as unknown as { __ran: unknown[] }).__ran)).toEqual([]);
  const found = await within.evaluate((root) => {
    const foreign = root.querySelectorAll(
      'script, iframe, object, embed, marquee, video, audio, math, base, [onerror], [onload], [onfocus], a[href]',
    );
    const texts = [...root.querySelectorAll('*')].flatMap((element) => {
      const attributes = ['title', 'aria-label', 'placeholder'].map((name) => element.getAttribute(name));
      // What is typed stays as it was typed.
      const nodes = element.closest('.cm-line, input') ? [] : [...element.childNodes];
      const own = nodes.map((node) => (node.nodeType === Node.TEXT_NODE ? node.nodeValue : null));
      const place = `${element.parentElement?.className} > ${element.tagName}.${element.className}`;
      return [...attributes, ...own].filter((text) => text !== null).map((text) => ({ place, text }));
    });
    return { foreign: [...foreign].map(({ outerHTML }) => outerHTML.slice(0, 200)), texts };
  });
  expect(found.foreign).toEqual([]);
  const isSeen = ({ text }: { text: string }) => !deceptive.test(text.replaceAll(/[\n\t]/g, ' '));
  expect(found.texts.filter((each) => !isSeen(each))).toEqual([]);
}

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
/** PostgreSQL cuts names at 63 bytes. */
const identifier = (text: string): string => `"${text.replaceAll('"', '""')}"`;
