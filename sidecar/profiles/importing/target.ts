import type { DefinitionDraft } from '#shared/connection/definitions.ts';
/** The same for two definitions that lead to the same database as the same user, however their hosts are written. */
export function targetKey({
  host = 'localhost',
  port = 5432,
  database = 'postgres',
  username = 'postgres',
}: Pick<DefinitionDraft, 'host' | 'port' | 'database' | 'username'>): string {
  const hosts = host.split(',').map((part) => {
    const whole = /^(\[[^\]]*\]|[^:]*):(\d+)$/.exec(part.trim());
    const name = (whole?.[1] ?? part.trim()).replace(/^\[|\]$/g, '').toLowerCase();
    return [name, Number(whole?.[2] ?? port)];
  });
  return JSON.stringify([hosts, database, username]);
}
