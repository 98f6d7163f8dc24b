import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Locator } from '@playwright/test';
import { expect, test } from '../fixtures/test.ts';
import { checkLook } from '../pages/looks.ts';
import { Spoken } from '../pages/spoken.ts';

interface Seed {
  name: string;
  group?: string;
  [field: string]: unknown;
}

/** Definitions as an earlier run of Hawser left them. */
async function seed(dataDir: string, groups: Record<string, string | null>, rows: Seed[]): Promise<void> {
  const id = (name: string) => `group-${name}`;
  const definitions = {
    version: 1,
    groups: Object.entries(groups).map(([name, parent], sortOrder) => ({
      id: id(name),
      name,
      sortOrder,
      expanded: true,
      ...(parent === null ? {} : { parentId: id(parent) }),
    })),
    connections: rows.map(({ group, ...row }, sortOrder) => ({
      id: randomUUID(),
      sortOrder,
      tls: { mode: 'prefer' },
      createdAt: 1,
      updatedAt: 1,
      ...(group === undefined ? {} : { groupId: id(group) }),
      ...row,
    })),
  };
  await writeFile(path.join(dataDir, 'connections.json'), JSON.stringify(definitions));
}

test.describe('many rows', () => {
  test.beforeEach(async ({ dataDir, server }) => {
    const { host, port, database, username } = server;
    const live = { host, port, database, username, credential: { source: 'none' } };
    await seed(dataDir, { Production: null, Staging: null, Europe: 'Production' }, [
      { name: 'billing', group: 'Production', environment: 'production', lastConnectedAt: 5_000, ...live },
      { name: 'reports', group: 'Production', ...live },
      { name: 'search', group: 'Staging', lastConnectedAt: 9_000, ...live },
      { name: 'scratch', ...live },
      { name: 'attic', ...live },
    ]);
  });

  test('are dragged with the mouse, into groups, between rows, several at once, and stay there', async ({
    app,
    page,
  }) => {
    const { sidebar } = app;
    await sidebar.connection('scratch').dragTo(sidebar.group('Staging'));
    await expect
      .poll(() => sidebar.outline())
      .toEqual([
        ...['Production', '  Europe', '  billing', '  reports'],
        ...['Staging', '  search', '  scratch', 'attic'],
      ]);
    // The upper part of a row stands for the place before it.
    await sidebar
      .connection('scratch')
      .dragTo(sidebar.connection('search'), { targetPosition: { x: 60, y: 4 } });
    await expect.poll(async () => (await sidebar.outline()).slice(5, 7)).toEqual(['  scratch', '  search']);
    await sidebar.group('Europe').dragTo(sidebar.group('Staging'));
    await expect.poll(async () => (await sidebar.outline()).slice(3, 5)).toEqual(['Staging', '  Europe']);

    await sidebar.connection('billing').click();
    await sidebar.connection('search').click({ modifiers: ['ControlOrMeta'] });
    await sidebar.connection('attic').click({ modifiers: ['ControlOrMeta'] });
    expect(await sidebar.selected()).toEqual(['billing', 'search', 'attic']);
    await dragOver(sidebar.connection('attic'), sidebar.group('Europe'));
    await checkLook(app, 'sidebar dragging');
    await page.mouse.up();
    await expect
      .poll(() => sidebar.outline())
      .toEqual([
        ...['Production', '  reports', 'Staging', '  Europe'],
        ...['    billing', '    search', '    attic', '  scratch'],
      ]);
    // A group cannot go into itself: nothing happens, and nothing is wrong.
    await sidebar.group('Staging').dragTo(sidebar.group('Europe'));
    await page.reload();
    await expect
      .poll(() => sidebar.outline())
      .toEqual([
        ...['Production', '  reports', 'Staging', '  Europe'],
        ...['    billing', '    search', '    attic', '  scratch'],
      ]);
    await expect(sidebar.root.getByRole('alert')).toHaveCount(0);
  });

  test('are moved by keyboard, which says where they have come to', async ({ app, page }) => {
    const { sidebar } = app;
    const spoken = await Spoken.listen(page);
    const press = async (key: string, says: string) => {
      await page.keyboard.press(key);
      await expect.poll(() => spoken.all()).toContain(says);
    };
    await sidebar.connection('attic').click();
    await press('Alt+ArrowUp', 'attic moved to 1 of 2');
    await press('Alt+ArrowUp', 'It is the first one.');
    await press('Alt+ArrowRight', 'attic moved into Staging');
    await expect(sidebar.connection('attic')).toBeFocused();
    await page.keyboard.press('Shift+ArrowUp');
    await expect.poll(() => spoken.all()).toContain('2 connections selected');
    await press('Alt+ArrowLeft', '2 connections moved to the top level');
    await expect
      .poll(() => sidebar.outline())
      .toEqual([
        ...['Production', '  Europe', '  billing', '  reports'],
        ...['Staging', 'search', 'attic', 'scratch'],
      ]);
    await sidebar.group('Staging').focus();
    await press('Alt+ArrowRight', 'Staging moved into Production');
    await page.keyboard.press('Shift+F10');
    await sidebar.menuItem('Move to group…').press('Enter');
    await expect(sidebar.menuItem('Top level')).toBeFocused();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await expect.poll(() => spoken.all()).toContain('Staging moved to Europe');
    await expect
      .poll(async () => (await sidebar.outline()).slice(0, 4))
      .toEqual(['Production', '  Europe', '    Staging', '  billing']);
  });

  test('are deleted at once after one question, and come back at once', async ({ app, page }) => {
    const { sidebar } = app;
    const before = await sidebar.outline();
    await sidebar.connection('reports').click();
    await sidebar.connection('scratch').click({ modifiers: ['Shift'] });
    expect(await sidebar.selected()).toEqual(['reports', 'Staging', 'search', 'scratch']);
    await page.keyboard.press('Delete');
    await expect(app.dialog).toContainText('Delete 3 connections and 1 group?');
    await expect(app.dialog).toContainText('“reports”, “search”, “scratch”, “Staging”');
    await app.answer('Delete 3 connections and 1 group');
    await expect.poll(() => sidebar.outline()).toEqual(['Production', '  Europe', '  billing', 'attic']);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => sidebar.outline()).toEqual(before);

    await sidebar.choose(sidebar.group('Production'), 'Delete…');
    await app.answer('Delete group');
    await expect
      .poll(() => sidebar.outline())
      .toEqual(['Staging', '  search', 'Europe', 'scratch', 'attic', 'billing', 'reports']);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => sidebar.outline()).toEqual(before);
  });

  test('are found by several words, with the number spoken, and keep the order that was chosen', async ({
    app,
    page,
  }) => {
    const { sidebar } = app;
    const spoken = await Spoken.listen(page);
    await sidebar.group('Production').click();
    await page.keyboard.press('/');
    await page.keyboard.type('prod rep');
    await expect.poll(() => sidebar.outline()).toEqual(['Production', '  reports']);
    await expect(sidebar.tree.locator('mark')).toHaveText(['Prod', 'rep']);
    await expect.poll(() => spoken.all()).toContain('1 connection found');
    await checkLook(app, 'sidebar search');
    await page.keyboard.press('Escape');
    await expect(sidebar.group('Production')).toHaveAttribute('aria-expanded', 'false');
    await sidebar.group('Production').click();

    await sidebar.order('Last used first');
    const used = [
      ...['Staging', '  search', 'Production', '  Europe', '  billing', '  reports'],
      ...['attic', 'scratch'],
    ];
    await expect.poll(() => sidebar.outline()).toEqual(used);
    await sidebar.connection('attic').click();
    await page.keyboard.press('Alt+ArrowDown');
    await expect.poll(() => spoken.about(/sorted/)).toHaveLength(1);
    await page.reload();
    await expect.poll(() => sidebar.outline()).toEqual(used);
  });

  test('are opened again from the start by Enter or a double click, last used first, never by a single click', async ({
    app,
    page,
  }) => {
    const { sidebar } = app;
    const recent = page.getByRole('listbox', { name: 'Recent' });
    const named = (name: string) => recent.getByRole('option', { name });
    await expect(recent.getByRole('option')).toHaveText([/search/, /billing prod/]);
    await named('billing, disconnected, production').click();
    await expect(named('billing')).toBeFocused();
    await checkLook(app, 'recent');
    await page.keyboard.press('Home');
    await expect(named('search')).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('form', { name: 'Password of search' })).toBeVisible();
    await expect(sidebar.connection('billing')).toHaveAccessibleName(/disconnected/);
  });
});

test('what is chosen is connected and disconnected at once, and a closed group shows how it is', async ({
  app,
  page,
  server,
}) => {
  const { form, sidebar } = app;
  await sidebar.chooseNew('New group');
  await sidebar.nameGroup('Work');
  for (const name of ['one', 'two']) {
    await sidebar.choose(sidebar.group('Work'), 'New connection here');
    const { host, port, database, username, password } = server;
    await form.fill({ name, host, port, database, username, password });
    await form.save();
  }
  await sidebar.connection('one').click();
  await sidebar.connection('two').click({ modifiers: ['Shift'] });
  await checkLook(app, 'sidebar several');
  // A click on several chosen rows must never connect anything; the menu is the deliberate way.
  await expect(sidebar.connection('one', 'disconnected')).toBeVisible();
  await sidebar.choose(sidebar.connection('two'), 'Connect 2');
  await expect(sidebar.connection('one', 'connected')).toBeVisible();
  await expect(sidebar.connection('two', 'connected')).toBeVisible();
  await sidebar.group('Work').click();
  await expect(sidebar.group('Work')).toHaveAccessibleName('Work, group, 2, within: connected');
  await sidebar.group('Work').click();

  await test.step('the details of one say all that is known of it', async () => {
    const details = page.getByRole('dialog', { name: 'one' });
    const open = async () => {
      // Another size of the window has closed it, another theme has not.
      await page.keyboard.press('Escape');
      await expect(details).toHaveCount(0);
      await sidebar.connection('one').focus();
      await page.keyboard.press('Space');
      for (const fact of [
        /PostgreSQL \d/,
        /None; it does not leave this computer/,
        /superuser/,
        /of \d+ in use on the server/,
      ])
        await expect(details).toContainText(fact);
    };
    await checkLook(app, 'sidebar details', open);
    await page.keyboard.press('Escape');
    await open();
    await expect(details).toContainText('kept until Hawser ends');
    await page.keyboard.press('Escape');
    await expect(details).toHaveCount(0);
    await expect(sidebar.connection('one')).toBeFocused();
    await sidebar.connection('two').hover();
    const button = page.getByRole('button', { name: 'Details of two' });
    expect(await coveredAfterClick(button), 'what opens never lies over the button, not even at first').toBe(
      false,
    );
    await page.keyboard.press('Escape');
    await button.dblclick();
    await expect(app.editor.root, 'a double click on a button is none on the row').toHaveCount(0);
    await page.keyboard.press('Escape');
  });

  await test.step('a copy says that it has no password', async () => {
    await sidebar.choose(sidebar.connection('two'), 'Duplicate');
    await expect(page.getByText('Made “two (copy)”. The copy has no password yet')).toBeVisible();
  });
  await sidebar.connection('one').click();
  await sidebar.connection('two').click({ modifiers: ['Shift'] });
  await sidebar.choose(sidebar.connection('one'), 'Disconnect 2');
  await expect(sidebar.connection('one', 'disconnected')).toBeVisible();
  await expect(sidebar.connection('two', 'disconnected')).toBeVisible();
});

/** Whether something lies over a button once its click has been handled, before anything is painted again. */
const coveredAfterClick = (button: Locator): Promise<boolean> =>
  button.evaluate(async (element: HTMLElement) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    element.click();
    // The page changes within the microtasks that follow.
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    return !element.contains(document.elementFromPoint(x + width / 2, y + height / 2));
  });

/** Takes a row with the mouse and holds it over another one. */
async function dragOver(from: Locator, to: Locator): Promise<void> {
  const page = from.page();
  await from.hover();
  await page.mouse.down();
  await to.hover();
  // The first move over a row only begins the dragging there.
  await to.hover();
}
