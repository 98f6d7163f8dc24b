import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { tempFolder } from '../../sidecar/test/tempFolder.ts';
import { expect, test as base } from '../fixtures/test.ts';
import { sampleName } from '../pages/hawserPage.ts';
import { ImportDialog } from '../pages/importDialog.ts';
import { checkLook } from '../pages/looks.ts';

const dbeaver = {
  folders: { Production: {}, 'Production/EU': {} },
  connections: {
    a: {
      provider: 'postgresql',
      name: 'shop',
      folder: 'Production/EU',
      configuration: {
        host: 'db.shop.example',
        port: '5433',
        database: 'shop',
        user: 'ana',
        type: 'prod',
        handlers: {
          postgre_ssl: {
            enabled: true,
            properties: { sslMode: 'verify-full', 'ssl.ca.cert': '/nowhere/ca.pem' },
          },
          ssh_tunnel: { enabled: true, properties: { host: 'bastion.example', authType: 'AGENT' } },
        },
      },
    },
    b: {
      provider: 'postgresql',
      name: 'a very long name of a connection that has no room in its column at all',
      configuration: { host: 'long.example.internal.of.the.house' },
    },
    c: { provider: 'postgresql', name: '<b>bold</b> \u202Egnp', configuration: { host: 'h', user: 'u' } },
    d: { provider: 'mysql', name: 'books', configuration: { host: 'm' } },
  },
};
const pgAdmin = {
  Servers: {
    1: {
      Name: 'nightly',
      Group: 'Reports',
      Host: 'r.example',
      Username: 'u',
      SSLMode: 'require',
      PostConnectionSQL: 'set x = 1',
    },
    2: {
      Name: 'billing',
      Host: 'db.example',
      Port: 5432,
      MaintenanceDB: 'bills',
      Username: 'app',
      SSLMode: 'require',
    },
  },
};

/** A home of this test's own, as a user has it who comes from other clients. */
const test = base.extend({
  env: async ({ browserName: _ }, use) => {
    const folder = await tempFolder();
    const put = async (name: string, text: string) => {
      const file = path.join(folder.path, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, text, { mode: 0o600 });
    };
    await put(
      '.pg_service.conf',
      '[billing]\nhost=db.example\nuser=app\ndbname=bills\npassword=hunter2\nsslmode=require\n',
    );
    await put('.dbgate/connections.jsonl', 'damaged');
    await put(
      '.local/share/DBeaverData/workspace6/General/.dbeaver/data-sources.json',
      JSON.stringify(dbeaver),
    );
    await use({ HOME: folder.path, PGSYSCONFDIR: folder.path });
    await folder.remove();
  },
});

test('connections come from other programs, shown before they are taken, and go out as a file', async ({
  app,
  page,
}) => {
  test.slow();
  const { sidebar } = app;
  const dialog = new ImportDialog(page);

  await test.step('what lies on this computer stands first, with how much is in it', async () => {
    await sidebar.chooseNew('Import connections…');
    await expect(dialog.sources.getByRole('listitem')).toHaveCount(3);
    await expect(dialog.sources).toContainText(/pg_service\.conf.*1 connection/);
    await expect(dialog.sources).toContainText(/DBeaver.*3 connections/);
    await expect(dialog.sources).toContainText('No connections of DbGate are in this file.');
    await checkLook(app, 'import sources');
  });

  await test.step('a preview says where each field stood, and what needs a look', async () => {
    await dialog.button(/^DBeaver/).click();
    await expect(dialog.table.getByRole('checkbox', { name: 'All connections' })).toBeFocused();
    await expect(dialog.row('shop')).toContainText('ana@db.shop.example:5433/shop');
    await expect(dialog.row('shop')).toContainText('Production / EU');
    await dialog.button('Show where shop comes from').click();
    await expect(dialog.table).toContainText('verify-full sslMode of “shop” in DBeaver’s data-sources.json');
    await expect(dialog.table).toContainText('There is no such file: /nowhere/ca.pem');
    await expect(dialog.table).toContainText('<b>bold</b>');
    await dialog.root.getByText('1 left out').click();
    await expect(dialog.root).toContainText('books It is no PostgreSQL (mysql)');
    await checkLook(app, 'import preview');
  });

  await test.step('the chosen ones are made, with their groups', async () => {
    await dialog.table.getByRole('checkbox', { name: 'All connections' }).uncheck();
    await expect(dialog.button(/^Import/)).toBeDisabled();
    await dialog.tick('shop').check();
    await dialog.button('Import 1 connection').click();
    await expect(dialog.root).toHaveCount(0);
    await expect(page.getByText('Imported one connection')).toBeVisible();
    await expect
      .poll(() => sidebar.outline())
      .toEqual(['Getting started', `  ${sampleName}`, 'Production', '  EU', '    shop']);
  });

  await test.step('a password that was found is taken only where it is asked for', async () => {
    await sidebar.chooseNew('Import connections…');
    await dialog.button(/^pg_service\.conf/).click();
    await expect(dialog.row('billing')).toContainText('password');
    await expect(dialog.root).not.toContainText('hunter2');
    const alsoPassword = dialog.root.getByRole('checkbox', { name: 'Also take the password found' });
    await expect(alsoPassword).not.toBeChecked();
    await checkLook(app, 'import password');
    await dialog.button('Import 1 connection').click();
    await expect(sidebar.connection('billing')).toBeVisible();
  });

  await test.step('a file of the user’s own is told by what stands in it; what is there or runs something waits for a tick', async () => {
    await sidebar.chooseNew('Import connections…');
    await dialog.chooseFile('notes.txt', 'nothing of use');
    await expect(dialog.error).toContainText('No connections that Hawser knows are in this file.');
    await checkLook(app, 'import error');
    await dialog.chooseFile('servers.json', JSON.stringify(pgAdmin));
    await expect(dialog.error).toHaveCount(0);
    await expect(dialog.root).toContainText('from pgAdmin');
    await expect(dialog.row('billing')).toContainText('already there');
    await expect(dialog.row('nightly')).toContainText('runs something');
    await expect(dialog.tick('billing')).not.toBeChecked();
    await checkLook(app, 'import marks');
    await expect(dialog.tick('nightly')).not.toBeChecked();
    await dialog.tick('nightly').check();
    await dialog.button('Import 1 connection').click();
    await expect(sidebar.connection('nightly')).toBeVisible();
  });

  await test.step('all of them, or some, are saved as a file without a secret, and can be read again', async () => {
    const saved = async (act: () => Promise<void>): Promise<string> => {
      const waiting = page.waitForEvent('download');
      await act();
      const download = await waiting;
      expect(download.suggestedFilename()).toMatch(/^hawser-connections-\d{4}-\d\d-\d\d\.json$/);
      return readFile(await download.path(), 'utf8');
    };
    const all = await saved(() => sidebar.chooseNew('Export all connections'));
    for (const name of ['shop', 'billing', 'nightly']) expect(all).toContain(`"${name}"`);
    for (const word of ['hunter2', sampleName]) expect(all).not.toContain(word);
    const one = await saved(() => sidebar.choose(sidebar.connection('billing'), 'Export to a file'));
    expect(JSON.parse(one)).toMatchObject({ connections: [{ name: 'billing', host: 'db.example' }] });
    await sidebar.chooseNew('Import connections…');
    await dialog.chooseFile('hawser.json', all);
    await expect(dialog.table.getByText('already there')).toHaveCount(3);
    await page.keyboard.press('Escape');
    await expect(dialog.root).toHaveCount(0);
  });
});
