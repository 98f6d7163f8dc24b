import { build } from './build/build.ts';
import { root } from './root.ts';

/** Before tests that start processes: the built sidecar and host and the tests' own programs, never older than their source. */
export async function setup(): Promise<void> {
  await build(root, { only: ['sidecar', 'host', 'programs'] });
}
