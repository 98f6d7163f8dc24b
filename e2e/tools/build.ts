import { build } from './build/build.ts';
import { root } from './root.ts';

// `npm run build` makes everything, `npm run build -- ui host` only these, `-- --stale` only what changed.
const args = process.argv.slice(2);
try {
  await build(root, {
    all: !args.includes('--stale'),
    only: args.filter((arg) => !arg.startsWith('--')),
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
