import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { CertificateMaker } from '../../sidecar/test/certificates.ts';
import { makeKey, SshServer, whyNoSshd, whyNoSshPasswords } from '../../sidecar/test/sshServer.ts';
import { HawserProcess } from '../fixtures/hawserProcess.ts';
import { expect, test as base } from '../fixtures/test.ts';
import { addressOf, type HawserPage } from '../pages/hawserPage.ts';
import { checkLook } from '../pages/looks.ts';

/** `~/.ssh` of a home of its own. */
const test = base.extend<{ ssh: (name: string) => string }>({
  ssh: async ({ dataDir }, use) => {
    const folder = path.join(dataDir, 'home', '.ssh');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await use((name) => path.join(folder, name));
  },
  hawser: async ({ dataDir, ssh }, use) => {
    const HOME = path.dirname(path.dirname(ssh('config')));
    const hawser = await HawserProcess.start(dataDir, { HOME, SSH_AUTH_SOCK: '' });
    await use(hawser);
    await hawser.stop();
  },
});

const passphrase = 'open sesame';

// Fetched by `npm test`, which says so where it cannot be had.
if (whyNoSshd() === undefined)
  test('a passphrase, host keys and an SSH password are asked for, one at a time', async ({
    app,
    server,
    ssh,
  }) => {
    test.slow();
    const account =
      whyNoSshPasswords() === undefined ? { name: 'walker', password: 'over the wall' } : undefined;
    const bastion = await SshServer.start({ keys: [await makeKey(ssh('locked'), { passphrase })] });
    const inner = account && (await SshServer.start({ account }));
    const { page, sidebar } = app;
    try {
      await app.fillForm('far', server);
      await app.form.tab('SSH').click();
      await app.form.field('Connect through SSH').check();
      await fillHop(app, 1, { host: bastion.host, port: bastion.port, user: bastion.username });
      await app.form.field('Log in by').selectOption('Key file');
      await app.form.field('Key file').fill(ssh('locked'));
      if (inner && account) {
        await app.form.button('Add a hop').click();
        await fillHop(app, 2, { host: inner.host, port: inner.port, user: account.name });
        await app.form.field('Log in by').last().selectOption('Password');
      }
      await app.form.button('Save and connect').click();
      await test.step('a passphrase, wrong and right', async () => {
        const question = page.getByRole('form', { name: 'Passphrase of far' });
        await expect(question).toContainText(ssh('locked'));
        await expect(question.getByLabel(/^Passphrase/)).toBeFocused();
        await checkLook(app, 'prompt-passphrase');
        await page.keyboard.type('wrong');
        await page.keyboard.press('Enter');
        await expect(question).toContainText('Passphrase not right');
        await question.getByLabel(/^Passphrase/).fill(passphrase);
        await page.keyboard.press('Enter');
      });
      await test.step('an unknown host key', async () => {
        await expect(app.dialog).toContainText((await bastion.hostKey()).fingerprint);
        await expect(app.dialog.getByRole('button', { name: 'Do not connect' })).toBeFocused();
        await checkLook(app, 'prompt-host-key');
        await page.keyboard.press('Enter');
        await expect(app.dialog).toHaveCount(0);
        await expect(page.getByRole('group', { name: 'Host key of far' })).toHaveCount(0);
        await expect(sidebar.connection('far', 'new SSH host key')).toBeVisible();
        await sidebar.open('far');
        await app.answer('Remember and connect');
      });
      if (inner && account)
        await test.step('an SSH password', async () => {
          await app.answer('Connect this once');
          const question = page.getByRole('form', { name: 'SSH password of far' });
          await expect(question).toContainText(`walker at ${inner.host}`);
          await checkLook(app, 'prompt-ssh-password');
          await question.getByLabel(/^SSH password/).fill(account.password);
          await page.keyboard.press('Enter');
        });
      await expect(sidebar.connection('far', 'connected')).toBeVisible();
      const known = await readFile(ssh('known_hosts'), 'utf8');
      expect(known.trim().split('\n'), 'only the one to be remembered').toHaveLength(1);

      await sidebar.choose(sidebar.connection('far'), 'Disconnect');
      await expect(sidebar.connection('far', 'disconnected')).toBeVisible();
      const before = (await bastion.hostKey()).fingerprint;
      await bastion.changeHostKeys();
      await sidebar.open('far');
      const stop = page.getByRole('region', { name: 'Host key of far' });
      await expect(stop).toContainText('The host key has changed');
      await expect(stop).toContainText(before);
      await expect(stop).toContainText((await bastion.hostKey()).fingerprint);
      await expect(app.dialog).toHaveCount(0);
      await checkLook(app, 'host-key-changed');
    } finally {
      await Promise.all([bastion.close(), inner?.close()]);
    }
  });

test('the passphrase of a client key is asked for', async ({ app, mortal }) => {
  const maker = await CertificateMaker.open();
  try {
    const own = await maker.make({ name: 'localhost', names: ['IP:127.0.0.1'] });
    await mortal.setTls(own);
    await app.fillForm('sealed', addressOf(mortal));
    await app.form.tab('TLS').click();
    await app.form.field('TLS mode').selectOption('require');
    await app.form.field('Client certificate').fill(own.certFile);
    await app.form.field('Client key').fill(await maker.encryptKey(own, passphrase));
    await app.form.button('Save and connect').click();
    const question = app.page.getByRole('form', { name: 'Passphrase of sealed' });
    await expect(question).toContainText('for TLS');
    await checkLook(app, 'prompt-client-key');
    await question.getByLabel(/^Passphrase/).fill(passphrase);
    await app.page.keyboard.press('Enter');
    await expect(app.sidebar.connection('sealed', 'connected')).toBeVisible();
  } finally {
    await maker.remove();
  }
});

async function fillHop(
  app: HawserPage,
  number: number,
  { host, port, user }: { host: string; port: number; user: string },
): Promise<void> {
  const hop = app.form.panel.getByRole('group', { name: new RegExp(`^Hop ${number}`) });
  await hop.getByLabel('SSH host').fill(host);
  await hop.getByLabel('SSH port').fill(String(port));
  await hop.getByLabel('SSH user').fill(user);
}
