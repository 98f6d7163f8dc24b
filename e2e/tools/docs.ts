import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeContract } from './docs/openrpc.ts';
import { writePage } from './docs/page.ts';
import { root } from './root.ts';

// `npm run docs` writes the contract for programs and for readers, from the schemas by which both ends are checked.
const folder = join(root, 'dist/docs');
const contract = await describeContract(root);
await mkdir(folder, { recursive: true });
await writeFile(join(folder, 'openrpc.json'), `${JSON.stringify(contract, null, 2)}\n`);
await writeFile(join(folder, 'index.html'), writePage(contract));
console.log(
  `The contract is in ${join(folder, 'openrpc.json')}, and to be read in ${join(folder, 'index.html')}.`,
);
