import type { Backend } from './backend.ts';

/** Names as people write them, where the catalog's own are older than the standard's. */
const everyday: Record<string, string> = {
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  float4: 'real',
  float8: 'double precision',
  bool: 'boolean',
  bpchar: 'char',
};

const typesSql = `
  select t.oid, t.typname, e.typname
  from pg_catalog.pg_type t
  left join pg_catalog.pg_type e on e.oid operator(pg_catalog.=) t.typelem and e.typarray operator(pg_catalog.=) t.oid
  where t.typtype operator(pg_catalog.<>) 'c' and (e.typtype is null or e.typtype operator(pg_catalog.<>) 'c')`;

/** The names of one database's types by their oid. A result names its columns' types by oid alone. */
export class TypeNames {
  #names = new Map<number, string>();
  #stale = true;

  get stale(): boolean {
    return this.#stale;
  }

  /** After a statement that may have made types. */
  markStale(): void {
    this.#stale = true;
  }

  name(oid: number): string | undefined {
    return this.#names.get(oid);
  }

  /** Reads the names on this backend, which must be ready for a statement. Rows of tables have no name here. */
  async learn(backend: Backend): Promise<void> {
    const rows = await backend.query(typesSql);
    this.#names = new Map(
      rows.map(([oid, name, element]) => [
        Number(oid),
        element ? `${display(element)}[]` : display(name ?? ''),
      ]),
    );
    this.#stale = false;
  }
}

const display = (name: string): string => everyday[name] ?? name;
