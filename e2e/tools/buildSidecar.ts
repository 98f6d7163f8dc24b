import { build } from './build/build.ts';
import { root } from './root.ts';

/** Before tests that start the sidecar as a process: the built one, never older than its source. */
export async function setup(): Promise<void> {
  await build(root, { only: ['sidecar'] });
}
