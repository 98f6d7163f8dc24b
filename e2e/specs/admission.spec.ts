import type { BrowserContext, Page } from '@playwright/test';
import { expect, test } from '../fixtures/test.ts';
import { HawserPage, sampleName } from '../pages/hawserPage.ts';
import { checkLook } from '../pages/looks.ts';
import { Spoken } from '../pages/spoken.ts';

const button = (page: Page, name: string) => page.getByRole('main').getByRole('button', { name });

/** What a browser does where a tab is duplicated: its storage comes along. */
async function duplicate({ page }: HawserPage, context: BrowserContext): Promise<HawserPage> {
  const kept = await page.evaluate(() =>
    Object.keys(sessionStorage).map((name): [string, string] => [name, sessionStorage.getItem(name) ?? '']),
  );
  const copy = await context.newPage();
  await copy.addInitScript((entries: [string, string][]) => {
    if (sessionStorage.length === 0) for (const [name, value] of entries) sessionStorage.setItem(name, value);
  }, kept);
  await copy.goto(new URL('/', page.url()).href);
  return new HawserPage(copy);
}

test('a duplicated window is asked before it takes the session, which can be taken back; a reload is not', async ({
  app,
  context,
}) => {
  await app.newTab();
  await app.editor.write('select 1 as mine');
  const copy = await duplicate(app, context);
  await expect(copy.page.getByRole('main').getByRole('alert')).toContainText(
    'Hawser is open in another window',
  );
  await expect(button(copy.page, 'Use it here')).toBeFocused();
  await checkLook(copy, 'attached-elsewhere');
  await expect(app.sidebar.connection(sampleName), 'the first one goes on').toBeVisible();
  await app.page.keyboard.press('Control+,');
  await expect(app.dialog).toBeVisible();

  await button(copy.page, 'Use it here').press('Enter');
  await expect(copy.editor.text).toContainText('select 1 as mine');
  await expect(app.page.getByRole('main').getByRole('alert')).toContainText('has taken this session over');
  await expect(app.dialog, 'nothing lies over the way on').toHaveCount(0);
  await app.page.keyboard.press('Alt+T');
  await expect(button(app.page, 'Use it here')).toBeFocused();
  await checkLook(app, 'replaced');
  await app.page.reload();
  await expect(button(app.page, 'Use it here'), 'it takes nothing by itself').toBeVisible();
  await expect(copy.sidebar.connection(sampleName)).toBeVisible();

  await copy.sidebar.chooseNew('New connection');
  await copy.form.fill({ name: 'not saved yet' });
  await button(app.page, 'Use it here').click();
  await expect(app.tab('query 1')).toBeVisible();
  await expect(app.tab('query 2'), 'keys of a window that was replaced do nothing').toHaveCount(0);
  await expect(app.editor.text).toContainText('select 1 as mine');
  await expect(button(copy.page, 'Use it here')).toBeVisible();
  await button(copy.page, 'Open a new window here').click();
  await expect(copy.sidebar.connection(sampleName)).toBeVisible();
  await expect(copy.form.field('Name')).toHaveValue('not saved yet');
  await app.page.reload();
  await expect(app.sidebar.connection(sampleName), 'its old socket is missed in time').toBeVisible();
  await expect(copy.sidebar.connection(sampleName), 'both are there').toBeVisible();
});

/** Five attaches of this window with a wrong token, over another socket. */
const failFiveTimes = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    const body = JSON.stringify({ key: localStorage.getItem('hawser.key') });
    const headers = { 'Content-Type': 'application/json' };
    const { token } = (await (await fetch('/session', { method: 'POST', headers, body })).json()) as {
      token: string;
    };
    const socket = new WebSocket(`ws://${location.host}/rpc`);
    const next = () =>
      new Promise<{ result?: { reason: string } }>((resolve) => {
        socket.onmessage = ({ data }) => resolve(JSON.parse(String(data)) as object);
      });
    await new Promise((resolve) => (socket.onopen = resolve));
    const ready = next();
    socket.send(JSON.stringify({ token }));
    await ready;
    const reasons: string[] = [];
    const windowId = sessionStorage.getItem('hawser.windowId');
    for (let id = 1; id <= 5; id += 1) {
      const answer = next();
      const params = { protocolVersion: 1, windowId, token: 'a guess' };
      socket.send(JSON.stringify({ jsonrpc: '2.0', id, method: 'session.attach', params }));
      reasons.push((await answer).result?.reason ?? 'let in');
    }
    socket.close();
    return reasons;
  });

test('a window that failed too often sees how long it has to wait, and may then try again', async ({
  app,
  page,
}) => {
  expect(new Set(await failFiveTimes(page))).toEqual(new Set(['TOKEN_EXPIRED']));
  await page.clock.install();
  await page.reload();
  await page.clock.runFor(1_000);
  await expect(page.getByRole('main').getByRole('alert')).toContainText('Too many attempts');
  await expect(page.getByRole('main')).toContainText(/You can try again in 5\d s\./);
  await expect(button(page, 'Try again')).toBeDisabled();
  await checkLook(app, 'rate-limited');
  const spoken = await Spoken.listen(page);
  // From here on it is as late as the test says, however long the looks took.
  await page.clock.pauseAt((await page.evaluate(() => Date.now())) + 5_000);
  const words = await page.getByRole('main').innerText();
  const left = Number(/You can try again in (\d+) s\./.exec(words)?.[1]);
  await page.clock.runFor(20_000);
  await expect(page.getByRole('main'), 'it counts').toContainText(`You can try again in ${left - 20} s.`);
  expect(await spoken.all(), 'which nobody hears each second').toEqual([]);
  await page.clock.runFor(45_000);
  await expect(button(page, 'Try again')).toBeEnabled();
  expect(await spoken.all()).toEqual(['You can try again now.']);
  await button(page, 'Try again').click();
  await page.clock.runFor(1_000);
  await expect(button(page, 'Try again'), 'the engine’s own clock says no').toBeDisabled();
});

test('a window sees that Hawser waits for what runs before it ends, and can begin nothing new', async ({
  app,
  hawser,
  server,
}) => {
  const { editor, page, results } = app;
  await server.query('create table released (n int)');
  await app.connectTo('shop', server);
  await editor.runText(
    'do $$ begin while not exists (select from released) loop perform pg_sleep(0.02); end loop; end $$',
  );
  await expect(results.progress).toBeVisible();
  const ended = hawser.end();
  const notice = page.getByRole('alert').filter({ hasText: 'Hawser is about to end' });
  await expect(notice).toContainText(/What runs may go on until .+; nothing new is begun\./);
  await app.newTab();
  await editor.runText('select 1');
  await expect(results.error).toContainText('nothing new is begun');
  await checkLook(app, 'draining');
  await page.reload();
  await expect(notice, 'also after a reload').toBeVisible();
  await server.query('insert into released values (1)');
  await ended;
  await expect(page.getByText('Hawser has ended.')).toBeVisible();
});
