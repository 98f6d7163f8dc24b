import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { CertificateMaker } from '../../sidecar/test/certificates.ts';
import { startPostgres } from '../../sidecar/test/postgresServer.ts';
import { expect, test } from '../fixtures/test.ts';
import { addressOf } from '../pages/hawserPage.ts';
import { checkLook } from '../pages/looks.ts';

test('each stage that fails is mended by its one button, until the connection works', async ({
  app,
  dataDir,
  page,
}) => {
  test.slow();
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  const maker = await CertificateMaker.open();
  const { cert, key } = await maker.make({ name: 'db.example', names: ['DNS:localhost', 'IP:127.0.0.1'] });
  const server = await startPostgres({
    tls: { cert, key },
    hba: 'host all postgres 127.0.0.1/32 scram-sha-256\nhostssl all all 127.0.0.1/32 scram-sha-256\n',
  });
  await server.query(`create role ada login password 'correct horse'; create role boss nologin`);
  await server.query('create database shop');
  const { form } = app;
  try {
    await app.fillForm('shop', {
      ...addressOf(server),
      username: 'ada',
      password: 'wrong',
      database: 'nowhere',
    });
    await form.tab('TLS').click();
    await form.field('TLS mode').selectOption('disable');
    await form.tab('Options').click();
    await form.field('Role').fill('boss');

    await test.step('TLS is turned on', async () => {
      await form.button('Test').click();
      await expect(form.stage('Authenticate')).toContainText('failed');
      await form.button('Turn TLS on').click();
    });
    await test.step('a mode that verifies: the certificate is looked at and trusted', async () => {
      await expect(form.stage('Authenticate')).toContainText('refused this user name and password');
      await form.tab('TLS').click();
      await form.field('TLS mode').selectOption('verify-full');
      await form.button('Test').click();
      await expect(form.stage('TLS')).toContainText('signed by itself');
      await expect(form.stage('TLS').getByText(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/)).toBeVisible();
      await checkLook(app, 'doctor certificate');
      await form.button('Trust this certificate').click();
      await expect(form.stage('TLS')).toContainText('name and chain checked');
      const file = await form.field('CA certificate').inputValue();
      expect(path.dirname(file)).toBe(path.join(dataDir, 'certificates'));
      expect((await readFile(file, 'utf8')).trim()).toBe(cert.trim());
    });
    await test.step('the password is typed where it is asked for', async () => {
      await checkLook(app, 'doctor password');
      await expect(form.field('Password to test with'), 'what was mended leads to it').toBeFocused();
      await page.keyboard.type('correct horse');
      await page.keyboard.press('Enter');
      await expect(form.stage('Database')).toContainText('does not exist');
    });
    await test.step('the database is chosen from those that are there', async () => {
      await form.button('Choose a database…').click();
      await expect(page.getByRole('menuitem')).toHaveText(['postgres', 'shop']);
      await page.getByRole('menuitem', { name: 'shop' }).click();
      await expect(form.stage('Session')).toContainText('does not accept the setting role');
    });
    await test.step('the report says what is wrong, and no secret', async () => {
      await form.button('Copy report').click();
      await expect(form.button('Copied')).toBeVisible();
      const report = await page.evaluate(() => navigator.clipboard.readText());
      expect(report).toContain('## Connection test of shop: failed at Session');
      expect(report).toMatch(/by Hawser \d+\.\d+\.\d+, Node\.js/);
      expect(report).not.toContain('correct horse');
    });
    await test.step('the role is cleared, and it works', async () => {
      await form.button('Clear the role').click();
      await expect(form.root).toContainText(/The connection works\. PostgreSQL \d+/);
      await checkLook(app, 'doctor passed');
      await expect
        .poll(() => server.query("select 1 from pg_stat_activity where application_name = 'Hawser'"))
        .toEqual([]);
    });
  } finally {
    await server.close();
    await maker.remove();
  }
});

test('a silent server is waited for with a clock, and no longer than was asked for', async ({
  app,
  page,
}) => {
  const silent = createServer((socket) => socket.on('error', () => {}));
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  const { form } = app;
  await app.fillForm('silent', { ...place, port });
  await form.tab('Options').click();
  await form.field('Connect timeout').fill('60');
  await form.button('Test').click();
  await expect(form.stage('TLS')).toContainText(/\d+ s, at most 60 s/);
  await checkLook(app, 'doctor waiting');
  await form.button('Stop the test').click();
  await expect(form.stages).toHaveCount(0);
  await form.field('Connect timeout').fill('1');
  await form.button('Test').click();
  await expect(form.stage('TLS')).toContainText('within 1 s');
  await expect(form.button('Test again')).toBeVisible();
  await page.keyboard.press('Escape');
  silent.close();
});

const place = { host: '127.0.0.1', database: 'postgres', username: 'postgres', password: 'x' };

test('a lost connection is diagnosed from its banner, and compared with when it worked', async ({
  app,
  faultyProxy,
  server,
}) => {
  const { banner, form } = app;
  await app.connectTo('reports', { ...addressOf(server), port: faultyProxy.port });
  await faultyProxy.setMode({ kind: 'refuse' });
  faultyProxy.reset();
  await expect(banner).toContainText('Connection lost');
  await banner.getByRole('button', { name: 'Diagnose' }).click();
  await expect(form.stage('TCP')).toContainText('Nothing listens');
  await expect(form.root.getByRole('region', { name: 'Test of the connection' })).toBeFocused();
  await expect(form.root).toContainText(/It last worked \d+ s ago; in what was reached nothing is different/);
  await checkLook(app, 'doctor lost');
  await faultyProxy.setMode({ kind: 'pass' });
  await form.button('Test').click();
  await expect(form.root).toContainText('The connection works.');
});
