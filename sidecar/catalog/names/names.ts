import { quoted } from '#shared/sql/identifiers.ts';

type Row = readonly (string | null)[];

/** All names of a database as the server gave them, ready for the disk: rows of text, shared by what stands below. */
export interface NameRows {
  searchPath: readonly string[];
  schemas: readonly Row[];
  relations: readonly Row[];
  foreignKeys: readonly Row[];
  functions: readonly Row[];
  types: readonly Row[];
  parts: readonly Row[];
}

/** How one session looks names up, where that is not as the connection does. */
export interface NameLookup {
  searchPath: readonly string[] | undefined;
  /** Where its temporary tables stand. */
  tempSchema: string | undefined;
}

export interface Schema {
  readonly oid: string;
  readonly name: string;
  readonly comment: string | undefined;
  readonly isSystem: boolean;
  /** Its place in the search path; undefined where names in it have to be qualified. */
  readonly pathIndex: number | undefined;
}

export type RelationKind = 'table' | 'view' | 'materializedView' | 'foreignTable' | 'sequence';

/** What has a name and belongs to a table, beside its columns. */
export type PartKind = 'index' | 'constraint' | 'trigger' | 'policy';

export interface Column {
  readonly name: string;
  readonly type: string;
  readonly notNull: boolean;
  readonly isKey: boolean;
  readonly comment: string | undefined;
}

const relationKinds: Readonly<Record<string, RelationKind>> = {
  v: 'view',
  m: 'materializedView',
  f: 'foreignTable',
  S: 'sequence',
};

/** An object with a schema: a thin look at its row. */
class Named {
  readonly schema: Schema;
  protected readonly row: Row;

  constructor(row: Row, schema: Schema) {
    this.row = row;
    this.schema = schema;
  }
  get oid(): string {
    return this.row[0] ?? '';
  }
  get name(): string {
    return this.row[2] ?? '';
  }
  protected text(at: number): string | undefined {
    return this.row[at] ?? undefined;
  }
}

export class Relation extends Named {
  get kind(): RelationKind {
    return relationKinds[this.row[3] ?? ''] ?? 'table';
  }
  get isPartition(): boolean {
    return this.row[4] !== null;
  }
  get estimatedRows(): number | undefined {
    const rows = this.text(5);
    return rows === undefined ? undefined : Number(rows);
  }
  get comment(): string | undefined {
    return this.text(6);
  }
  /** Names of its indexes, constraints, triggers and policies as they came. */
  partText: string | undefined;
  get parts(): [name: string, kind: PartKind][] {
    return JSON.parse(this.partText ?? '[]') as [string, PartKind][];
  }
  /** The columns as they came, for a quick look whether a word stands in there at all. */
  get columnText(): string {
    return this.row[7] ?? '[]';
  }
  get columns(): Column[] {
    const parsed = JSON.parse(this.columnText) as [string, string, number, string?][];
    return parsed.map(([name, type, flags, comment]) => ({
      name,
      type,
      notNull: (flags & 1) > 0,
      isKey: (flags & 2) > 0,
      comment,
    }));
  }
}

export class Routine extends Named {
  get kind(): 'function' | 'procedure' | 'aggregate' | 'window' {
    const kind = this.row[3];
    return kind === 'p' ? 'procedure' : kind === 'a' ? 'aggregate' : kind === 'w' ? 'window' : 'function';
  }
  get arguments(): string {
    return this.row[4] ?? '';
  }
  get result(): string | undefined {
    return this.text(5);
  }
  get comment(): string | undefined {
    return this.text(6);
  }
}

export class TypeName extends Named {
  /** As SQL has it: `character varying` for varchar, qualified where the search path does not reach it. */
  get shown(): string {
    return this.row[3] ?? this.name;
  }
  get kind(): 'base' | 'composite' | 'domain' | 'enum' | 'range' {
    const kinds = { c: 'composite', d: 'domain', e: 'enum', r: 'range', m: 'range' } as const;
    return kinds[this.row[4] as keyof typeof kinds] ?? 'base';
  }
  get labels(): string[] {
    const labels = this.row[5];
    return typeof labels === 'string' ? (JSON.parse(labels) as string[]) : [];
  }
  get comment(): string | undefined {
    return this.text(6);
  }
}

/** Columns of one table that refer to columns of another, in the same order. */
export interface ForeignKey {
  readonly name: string;
  readonly from: Relation;
  readonly fromColumns: string[];
  readonly to: Relation;
  readonly toColumns: string[];
}

const systemSchema = /^(pg_(?!temp_)|information_schema$)/;
/** Of one session: nobody else can look into it. */
const tempSchema = /^pg_temp_/;

/** All names of one database, to be looked up and searched. */
export class Names {
  readonly schemas: readonly Schema[];
  readonly relations: readonly Relation[];
  readonly functions: readonly Routine[];
  readonly types: readonly TypeName[];
  readonly #byName = new Map<string, Relation[]>();
  readonly #byOid = new Map<string, Relation>();
  /** The rows of foreign keys, by the tables at both ends. */
  readonly #keys = new Map<string, Row[]>();

  constructor(rows: NameRows, lookup?: NameLookup) {
    const path = pathOf(rows, lookup);
    const schemas = new Map(
      rows.schemas
        .filter(([, name]) => !tempSchema.test(name ?? '') || name === lookup?.tempSchema)
        .map((row) => [row[0] ?? '', schemaOf(row, path)] as const),
    );
    this.schemas = [...schemas.values()];
    const within = <T>(all: readonly Row[], make: (row: Row, schema: Schema) => T): T[] =>
      all.flatMap((row) => {
        const schema = schemas.get(row[1] ?? '');
        return schema ? [make(row, schema)] : [];
      });
    this.relations = within(rows.relations, (row, schema) => new Relation(row, schema));
    this.functions = within(rows.functions, (row, schema) => new Routine(row, schema));
    this.types = within(rows.types, (row, schema) => new TypeName(row, schema));
    for (const relation of this.relations) {
      push(this.#byName, relation.name, relation);
      this.#byOid.set(relation.oid, relation);
    }
    for (const [oid, text] of rows.parts) {
      const relation = this.#byOid.get(oid ?? '');
      if (relation) relation.partText = text ?? undefined;
    }
    for (const row of rows.foreignKeys) {
      push(this.#keys, row[1] ?? '', row);
      if (row[3] !== row[1]) push(this.#keys, row[3] ?? '', row);
    }
  }

  schema(name: string): Schema | undefined {
    return this.schemas.find((each) => each.name === name);
  }

  /** What a name stands for; without a schema as the search path has it. */
  relation(name: string, schema?: string): Relation | undefined {
    const found = this.#byName.get(name) ?? [];
    if (schema !== undefined) return found.find((each) => each.schema.name === schema);
    const reached = found.filter((each) => each.schema.pathIndex !== undefined);
    return reached.sort((a, b) => (a.schema.pathIndex ?? 0) - (b.schema.pathIndex ?? 0))[0];
  }

  /** Foreign keys of a table, and those of others that refer to it. */
  foreignKeys(relation: Relation): ForeignKey[] {
    return (this.#keys.get(relation.oid) ?? []).flatMap((row) => this.#foreignKey(row) ?? []);
  }

  /** A type as its users write it: the server names its schema always. */
  shortType(type: string): string {
    const schema = this.schemas.find(
      ({ name, pathIndex }) => pathIndex !== undefined && type.startsWith(`${quoted(name)}.`),
    );
    return schema ? type.slice(quoted(schema.name).length + 1) : type;
  }

  #foreignKey([name, from, fromColumns, to, toColumns]: Row): ForeignKey | undefined {
    const [source, target] = [this.#byOid.get(from ?? ''), this.#byOid.get(to ?? '')];
    if (!source || !target) return undefined;
    return {
      name: name ?? '',
      from: source,
      fromColumns: JSON.parse(fromColumns ?? '[]') as string[],
      to: target,
      toColumns: JSON.parse(toColumns ?? '[]') as string[],
    };
  }
}

/** Temporary tables come first, then the server's own, unless the path says otherwise. */
function pathOf(
  rows: NameRows,
  { searchPath, tempSchema: temp }: Partial<NameLookup> = {},
): readonly string[] {
  const isOwnFirst = searchPath && !searchPath.includes('pg_catalog');
  return [
    ...(temp === undefined ? [] : [temp]),
    ...(isOwnFirst ? ['pg_catalog'] : []),
    ...(searchPath ?? rows.searchPath),
  ];
}

function schemaOf(row: Row, searchPath: readonly string[]): Schema {
  const name = row[1] ?? '';
  const at = searchPath.indexOf(name);
  return {
    oid: row[0] ?? '',
    name,
    comment: row[2] ?? undefined,
    isSystem: systemSchema.test(name),
    pathIndex: at < 0 ? undefined : at,
  };
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const there = map.get(key);
  if (there) there.push(value);
  else map.set(key, [value]);
}
