import type * as Parser from 'libpg-query';

let loading: Promise<typeof Parser> | undefined;

/** PostgreSQL's own parser. Loaded when it is first needed, for it takes 40 ms; rejects where it cannot be loaded. */
export function loadParser(): Promise<typeof Parser> {
  loading ??= import('libpg-query').then(async (parser) => {
    await parser.loadModule();
    return parser;
  });
  return loading;
}
