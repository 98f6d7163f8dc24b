import type { Environment } from '#shared/connection/config.ts';

/** How an environment is shown: its word, and the class that gives it its colour (`env-production` in base.css). */
export const environmentWords: Record<Environment, string> = {
  none: 'None',
  development: 'Development',
  staging: 'Staging',
  production: 'Production',
};

/** The same colours for places that take one by value; `none` has none. */
export const environmentColors: Record<Environment, string | undefined> = {
  none: undefined,
  development: 'var(--ok)',
  staging: 'var(--warning)',
  production: 'var(--danger)',
};
