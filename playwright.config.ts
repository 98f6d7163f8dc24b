import { defineConfig } from '@playwright/test';
import { browserArgs, findBrowser } from './e2e/tools/browser.ts';

export default defineConfig({
  testDir: 'e2e/specs',
  testMatch: '**/*.spec.ts',
  globalSetup: './e2e/fixtures/madeSample.ts',
  outputDir: 'dist/test-results',
  // Every test has a Hawser and a window of its own, and waits for them most of the time.
  workers: 3,
  fullyParallel: true,
  retries: 0,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: 'list',
  use: {
    browserName: 'chromium',
    headless: true,
    trace: 'off',
    screenshot: 'only-on-failure',
    // What moves is drawn anew sixty times a second, which takes the time of everything else on a small machine.
    contextOptions: { reducedMotion: 'reduce' },
    launchOptions: { executablePath: findBrowser(), args: [...browserArgs] },
  },
});
