import { once } from 'node:events';
import type { Page } from '@playwright/test';
import { WebSocket } from 'ws';
import { startStrangerServer } from '../fixtures/strangerServer.ts';
import { expect, test } from '../fixtures/test.ts';
import { HawserPage, sampleName } from '../pages/hawserPage.ts';

test('a page of another origin can do nothing, though its browser holds the cookie', async ({
  app,
  context,
  hawser,
  page,
}) => {
  const { origin: target, host } = new URL(hawser.url);
  expect((await context.cookies(target)).map(({ name }) => name)).toEqual([`hawser-${new URL(target).port}`]);
  expect(await tryRequests(page, target, host), 'what is refused to others works from its own page').toEqual({
    session: '200',
    page: '200',
    picture: 'loaded',
    script: 'loaded',
    socket: 'open',
  });

  const stranger = await startStrangerServer();
  try {
    const other = await context.newPage();
    await other.goto(stranger.origin);
    const answers = new Map<string, number>();
    other.on('response', (response) =>
      answers.set(`${response.request().method()} ${response.url()}`, response.status()),
    );
    expect(await tryRequests(other, target, host)).toEqual({
      session: 'refused',
      page: 'refused',
      picture: 'refused',
      script: 'refused',
      socket: 'refused',
    });
    expect(await postBlindly(other, target)).toBe('refused');
    await tryFrames(other, target);
    for (const [request, status] of answers)
      if (request.startsWith('POST') && request.includes(target))
        expect([request, status]).toEqual([request, 403]);
    expect([...answers.keys()]).toContain(`POST ${target}/session`);
    expect(other.frames().map((frame) => frame.url())).not.toContain(`${target}/`);
  } finally {
    await stranger.close();
  }
  await expect
    .poll(() => app.sidebar.outline(), 'the window goes on')
    .toEqual(['Getting started', `  ${sampleName}`]);
  await app.page.reload();
  await expect(app.sidebar.connection(sampleName)).toBeVisible();
});

test('a program that was sent the cookie cannot come in by it, whatever it says of itself', async ({
  app,
  hawser,
  page,
}) => {
  const target = new URL(hawser.url);
  const stranger = await startStrangerServer();
  try {
    // As any local server that is visited: cookies do not heed ports.
    const other = await page.context().newPage();
    await other.goto(stranger.origin);
    const cookie = stranger.cookies().at(-1) ?? '';
    expect(cookie).toMatch(new RegExp(`hawser-${target.port}=`));
    expect(await other.evaluate(() => localStorage.length), 'the key stays with its own origin').toBe(0);

    const forged = { Cookie: cookie, Origin: target.origin, 'Content-Type': 'application/json' };
    for (const body of ['{}', '{"key":""}', JSON.stringify({ key: cookie.split('=')[1] })]) {
      const answer = await fetch(`${target.origin}/session`, { method: 'POST', headers: forged, body });
      expect([body, answer.status]).toEqual([body, 403]);
      expect(await answer.json()).not.toHaveProperty('token');
    }
    const socket = new WebSocket(`ws://${target.host}/rpc`, { headers: forged });
    socket.once('open', () => socket.send('{"jsonrpc":"2.0","id":1,"method":"host.ping","params":{}}'));
    const [code] = (await once(socket, 'close')) as [number];
    expect(code, 'closed without an answer').toBe(4003);
  } finally {
    await stranger.close();
  }
  await app.page.reload();
  await expect(app.sidebar.connection(sampleName)).toBeVisible();
});

test('a second window comes in by the plain address, also when the first one is closed', async ({
  app,
  context,
  hawser,
}) => {
  const plain = new URL('/', hawser.url).href;
  const second = new HawserPage(await context.newPage());
  await second.open(plain);
  await expect(second.sidebar.connection(sampleName)).toBeVisible();
  await app.page.close();
  await second.page.close();
  const third = new HawserPage(await context.newPage());
  await third.open(plain);
  await expect(third.sidebar.connection(sampleName)).toBeVisible();
});

test('an address that was used already is refused, and the page says what to do', async ({
  app,
  browser,
  hawser,
}) => {
  await expect(app.page, 'the code is not left in the address').toHaveURL(new URL('/', hawser.url).href);
  const stranger = await browser.newContext();
  const window = new HawserPage(await stranger.newPage());
  await window.page.goto(hawser.url);
  const refusal = window.page.locator('main');
  await expect(refusal).toContainText('Window not let in');
  await expect(refusal).toContainText('This address has been used already');
  await expect(refusal).toContainText('start Hawser again');
  await expect(window.sidebar.tree).toHaveCount(0);
  await expect(refusal.getByRole('button', { name: 'Try again' }), 'it could not succeed').toHaveCount(0);
  await expect(window.page).toHaveURL(new URL('/', hawser.url).href);
  await stranger.close();
  await expect(app.sidebar.connection(sampleName)).toBeVisible();
});

test('the page may load nothing but its own files and run nothing that was slipped in', async ({
  hawser,
  page,
}) => {
  const answer = await page.goto(hawser.url);
  const headers = (await answer?.allHeaders()) ?? {};
  const policy = headers['content-security-policy'] ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toMatch(/unsafe|\*|https:/);
  expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
  expect(headers).not.toHaveProperty('access-control-allow-origin');
  await expect(new HawserPage(page).sidebar.tree).toBeVisible();

  const slipped = await page.evaluate(async () => {
    const tried: Record<string, string> = {};
    const attempt = (name: string, run: () => unknown) => {
      try {
        tried[name] = String(run());
      } catch {
        tried[name] = 'refused';
      }
    };
    attempt('markup', () => (document.createElement('div').innerHTML = '<img src=x onerror=alert(1)>'));
    attempt('script', () => (document.createElement('script').text = 'window.slipped = 1'));
    // A call of the debugger may evaluate texts; what the page does later by itself may not.
    await new Promise<void>((resolve) => {
      setTimeout(() => {
        attempt('eval', () => (0, eval)('1 + 1'));
        resolve();
      });
    });
    tried.elsewhere = await fetch('http://127.0.0.1:9/').then(
      () => 'answered',
      () => 'refused',
    );
    return tried;
  });
  expect(slipped).toEqual({ markup: 'refused', script: 'refused', eval: 'refused', elsewhere: 'refused' });
});

/** Everything that a script may try with Hawser's address: what came of it, in a word. */
function tryRequests(page: Page, target: string, host: string): Promise<Record<string, string>> {
  return page.evaluate(
    async ([target, host]) => {
      const outcome = (promise: Promise<string>) => promise.catch(() => 'refused');
      const status = (url: string, init: RequestInit) =>
        outcome(fetch(url, { credentials: 'include', ...init }).then((answer) => String(answer.status)));
      const element = (tag: 'img' | 'script', url: string) =>
        new Promise<string>((resolve) => {
          const made = document.createElement(tag);
          made.onload = () => resolve('loaded');
          made.onerror = () => resolve('refused');
          if (made instanceof HTMLScriptElement) {
            // The own page's policy takes scripts only as it made them itself; there a preload shows the same.
            const link = document.createElement('link');
            link.rel = 'modulepreload';
            link.onload = () => resolve('loaded');
            link.onerror = () => resolve('refused');
            link.href = url;
            document.head.append(link);
          } else {
            made.src = url;
            document.body.append(made);
          }
        });
      const body = JSON.stringify({ key: localStorage.getItem('hawser.key') ?? '' });
      const json = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body };
      const socket = () =>
        new Promise<string>((resolve) => {
          const made = new WebSocket(`ws://${host}/rpc`);
          made.onopen = () => {
            made.close();
            resolve('open');
          };
          made.onerror = () => resolve('refused');
        });
      const script = document.scripts[0]?.src;
      return {
        session: await status(`${target}/session`, json),
        page: await status(`${target}/`, {}),
        picture: await element('img', `${target}/icon.svg`),
        script: await element('script', script ?? `${target}/icon.svg`),
        socket: await socket(),
      };
    },
    [target, host] as const,
  );
}

/** The one kind of POST that a browser sends without asking beforehand. Nobody may read its answer. */
const postBlindly = (page: Page, target: string): Promise<string> =>
  page.evaluate(
    (url) =>
      fetch(url, { method: 'POST', credentials: 'include', mode: 'no-cors', body: '{}' }).then(
        () => 'answered',
        () => 'refused',
      ),
    `${target}/session`,
  );

/** A frame around Hawser, and a form that is sent into another one: both have to end in an error. */
async function tryFrames(page: Page, target: string): Promise<void> {
  await page.evaluate(async (target) => {
    const loaded = (frame: HTMLIFrameElement) =>
      new Promise<void>((resolve) => {
        frame.onload = () => resolve();
        document.body.append(frame);
      });
    const around = document.createElement('iframe');
    around.src = `${target}/`;
    await loaded(around);
    const sink = document.createElement('iframe');
    sink.name = 'sink';
    await loaded(sink);
    const form = document.createElement('form');
    Object.assign(form, {
      method: 'post',
      action: `${target}/session`,
      enctype: 'text/plain',
      target: 'sink',
    });
    form.append(Object.assign(document.createElement('input'), { name: '{"a":"', value: '"}' }));
    document.body.append(form);
    const sent = new Promise<void>((resolve) => (sink.onload = () => resolve()));
    form.submit();
    await sent;
  }, target);
}
