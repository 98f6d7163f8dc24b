import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram } from './program.ts';

// Once it is built this file is dist/host/main.mjs, beside dist/sidecar and dist/ui.
const programFile = fileURLToPath(import.meta.url);

await runProgram(process.argv.slice(2), { programFile, distFolder: join(dirname(programFile), '..') });
