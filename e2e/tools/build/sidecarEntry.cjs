// Becomes dist/sidecar/main.cjs, which the host starts. It starts the sidecar, which lies beside it, with the compiled
// code that the build has kept: to compile it anew would take longer than all the rest of its start. Code of another
// Node is passed over. It is no module, for a module alone takes Node a twentieth of that start.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { constants, Script } = require('node:vm');

const filename = join(__dirname, 'sidecar.cjs');

function keptCode() {
  try {
    return readFileSync(join(__dirname, 'sidecar.code'));
  } catch {
    return undefined;
  }
}

const script = new Script(readFileSync(filename, 'latin1'), {
  filename,
  cachedData: keptCode(),
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
});
script.runInThisContext()({}, require, { exports: {} }, filename, __dirname);
module.exports = { script };
