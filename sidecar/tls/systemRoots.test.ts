import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { tempFolder } from '../test/tempFolder.ts';
import { systemRoots } from './systemRoots.ts';

it('are those of this computer, some at least', async () => {
  expect((await systemRoots({})).join('\n')).toContain('BEGIN CERTIFICATE');
});

it('are those of SSL_CERT_FILE alone where that is set, and it is told which file is missing', async () => {
  const folder = await tempFolder();
  const file = path.join(folder.path, 'roots.pem');
  await writeFile(file, 'mine');
  expect(await systemRoots({ SSL_CERT_FILE: file })).toEqual(['mine']);
  await folder.remove();
  await expect(systemRoots({ SSL_CERT_FILE: file })).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
});
