// `keepCode.mjs <dist/sidecar> <data folder>`: runs a built sidecar until its input ends, and keeps the code that was
// compiled until then, functions of the start included, in the file where its entry looks for it.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [folder = '', dataFolder = ''] = process.argv.splice(2);
process.argv.push('--data-dir', dataFolder);
const { script } = createRequire(import.meta.url)(join(folder, 'main.cjs'));
process.on('exit', () => writeFileSync(join(folder, 'sidecar.code'), script.createCachedData()));
