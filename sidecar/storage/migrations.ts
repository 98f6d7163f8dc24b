/**
 * Steps from one version of a file to the next: `migrations[1]` turns version 1 into version 2. A step may be left out
 * where the new version only has more fields and the schema has defaults for them.
 *
 * Any change of what a file may hold raises its version, an optional field too: an older Hawser then leaves the file
 * alone (STORE_NEWER), where it would otherwise take it for a damaged one.
 */
export type Migrations = Readonly<Record<number, Migration>>;
export type Migration = (data: Record<string, unknown>) => Record<string, unknown>;

/** Takes what a file of the version `from` held to the version `to`. */
export function migrate(
  data: Record<string, unknown>,
  { from, to, migrations }: { from: number; to: number; migrations: Migrations },
): Record<string, unknown> {
  let current = data;
  for (let version = from; version < to; version++) current = migrations[version]?.(current) ?? current;
  return current;
}
