// Becomes dist/sidecar/main.mjs. It starts the sidecar, which lies beside it, with the compiled code that the build has
// kept: to compile it anew would take longer than all the rest of its start. Code of another Node is passed over.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { constants, Script } from 'node:vm';

const folder = dirname(fileURLToPath(import.meta.url));
const filename = join(folder, 'sidecar.cjs');

function keptCode() {
  try {
    return readFileSync(join(folder, 'sidecar.code'));
  } catch {
    return undefined;
  }
}

const parameters = 'exports, require, module, __filename, __dirname';
export const script = new Script(`(function (${parameters}) {${readFileSync(filename, 'latin1')}\n})`, {
  filename,
  cachedData: keptCode(),
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
});
script.runInThisContext()({}, createRequire(filename), { exports: {} }, filename, folder);
