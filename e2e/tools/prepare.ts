import { build } from './build/build.ts';
import { ensureBrowser } from './browser.ts';
import { fetchServers } from './packages.ts';
import { endProgramsWithUs } from './program.ts';
import { root } from './root.ts';

// What a part of the tests needs before its first: the browser tests the built app as the sources are now, and a browser;
// those with real servers a pooler, an SSH server and a keychain.
const preparations: Record<string, (() => Promise<unknown>)[]> = {
  browser: [() => build(root), ensureBrowser],
  servers: [fetchServers],
};

endProgramsWithUs();
try {
  for (const prepare of preparations[process.argv[2] ?? ''] ?? []) await prepare();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
