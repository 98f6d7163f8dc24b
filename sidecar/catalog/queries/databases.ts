import type { CatalogDatabase } from '#shared/catalog/objects.ts';
import type { Ask } from '../reader.ts';
import { int, optional, text, yes } from './cells.ts';

/** The server looks at every file of a database: where that takes long, the size is left out. */
const sizesLimitMs = 1_000;

const databasesSql = `
select d.oid, d.datname, pg_catalog.pg_get_userbyid(d.datdba), pg_catalog.pg_encoding_to_char(d.encoding),
  pg_catalog.shobj_description(d.oid, 'pg_database'), d.datistemplate,
  d.datallowconn and d.datconnlimit <> -2 and pg_catalog.has_database_privilege(d.oid, 'connect')
from pg_catalog.pg_database d
order by d.datname`;

const sizesSql = `
select d.oid, pg_catalog.pg_database_size(d.oid)
from pg_catalog.pg_database d
where pg_catalog.has_database_privilege(d.oid, 'connect') and d.datconnlimit <> -2`;

export async function loadDatabases(ask: Ask): Promise<CatalogDatabase[]> {
  const rows = await ask(databasesSql);
  const sizes = new Map(
    (await ask(sizesSql, sizesLimitMs).catch(() => [])).map(([oid, size]) => [oid, size]),
  );
  return rows.map((row) => {
    const bytes = sizes.get(text(row, 0));
    return {
      oid: int(row, 0),
      name: text(row, 1),
      owner: text(row, 2),
      encoding: text(row, 3),
      ...optional('comment', row, 4),
      ...(bytes === undefined ? {} : { bytes: Number(bytes) }),
      isTemplate: yes(row, 5),
      allowConnections: yes(row, 6),
    };
  });
}
