import { build } from './build/build.ts';
import { ensureBrowser } from './browser.ts';
import { endProgramsWithUs } from './program.ts';
import { root } from './root.ts';

// What `npm run test:e2e` needs before its first test: the built app as the sources are now, and a browser.
endProgramsWithUs();
try {
  await build(root);
  await ensureBrowser();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
