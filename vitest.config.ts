import { availableParallelism } from 'node:os';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';

const secondMs = 1000;

// Most of these tests wait for processes and timers, so that four at a time pay on the smallest machine too; by
// default one core would be left idle.
const workers = Math.max(4, availableParallelism() - 1);

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          isolate: false,
          globalSetup: 'e2e/tools/buildForTests.ts',
          environment: 'node',
          include: ['{shared,sidecar,app/host,e2e/tools}/**/*.test.ts'],
          exclude: ['**/*.pg.test.ts'],
          maxWorkers: workers,
          testTimeout: 20 * secondMs,
          hookTimeout: 20 * secondMs,
        },
      },
      {
        test: {
          name: 'pg',
          // To load the same modules anew for each file took as long as every fifth of the tests.
          isolate: false,
          globalSetup: 'e2e/tools/buildForTests.ts',
          environment: 'node',
          include: ['{sidecar,app/host}/**/*.pg.test.ts'],
          // Servers are made, killed and recovered here, five at a time also on two cores, for most of the time is
          // spent waiting: the limits only end what hangs, and no speed is measured by them.
          testTimeout: 60 * secondMs,
          hookTimeout: 60 * secondMs,
          maxWorkers: 5,
          sequence: { groupOrder: 1 },
        },
      },
      {
        plugins: [svelte(), svelteTesting()],
        test: {
          name: 'ui',
          environment: 'jsdom',
          // A page of its own for each file took ten times as long as the tests in it.
          isolate: false,
          include: ['app/ui/**/*.test.ts'],
          // Without it every style sheet is empty, also the text of one that a test reads.
          css: true,
          maxWorkers: workers,
          testTimeout: 20 * secondMs,
        },
      },
    ],
  },
});
