/**
 * The names of a database, in a row for each object and as few bytes as will do: the columns of a relation come as one
 * text of JSON, which is parsed only when somebody looks at them. All of it is qualified, for the search path may be any.
 */
export const nameQueries = {
  /** The schemas of the search path that there are, the implicit ones too; as the user's own statements have it, not ours. */
  searchPath: `
    set local search_path to default;
    select pg_catalog.to_json(pg_catalog.current_schemas(true))`,

  schemas: `
    select n.oid, n.nspname, pg_catalog.obj_description(n.oid, 'pg_namespace')
      from pg_catalog.pg_namespace n
     where n.nspname !~ '^pg_toast'
     order by n.nspname`,

  /** oid, schema, name, kind, partition (t), rows, comment, columns [[name, type, flags, comment?]]: 1 not null, 2 key. */
  relations: `
    select c.oid, c.relnamespace, c.relname, c.relkind, case when c.relispartition then 't' end,
           case when c.reltuples > 0 then c.reltuples::pg_catalog.int8::pg_catalog.text end, d.description,
           (select pg_catalog.json_agg(
                     case when cd.description is null then pg_catalog.json_build_array(a.attname, a.type, a.flags)
                          else pg_catalog.json_build_array(a.attname, a.type, a.flags, cd.description) end
                     order by a.attnum)
              from (select a.attnum, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod) as type,
                           a.attnotnull::int + case when a.attnum = any (i.indkey) then 2 else 0 end as flags
                      from pg_catalog.pg_attribute a
                     where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) a
              left join pg_catalog.pg_description cd
                on cd.objoid = c.oid and cd.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass
               and cd.objsubid = a.attnum)
      from pg_catalog.pg_class c
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      left join pg_catalog.pg_index i on i.indrelid = c.oid and i.indisprimary
      left join pg_catalog.pg_description d
        on d.objoid = c.oid and d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objsubid = 0
     where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and n.nspname !~ '^pg_toast'
     order by c.relname, c.relnamespace`,

  /** name, table, columns, table referred to, its columns; those that partitions inherit are left out. */
  foreignKeys: `
    select o.conname, o.conrelid,
           (select pg_catalog.json_agg(a.attname order by k.n)
              from pg_catalog.unnest(o.conkey) with ordinality k (attnum, n)
              join pg_catalog.pg_attribute a on a.attrelid = o.conrelid and a.attnum = k.attnum),
           o.confrelid,
           (select pg_catalog.json_agg(a.attname order by k.n)
              from pg_catalog.unnest(o.confkey) with ordinality k (attnum, n)
              join pg_catalog.pg_attribute a on a.attrelid = o.confrelid and a.attnum = k.attnum)
      from pg_catalog.pg_constraint o
     where o.contype = 'f' and o.conparentid = 0
     order by o.conname`,

  /**
   * oid, schema, name, kind, arguments, result, comment. Of the server's own those are left out that nobody calls by
   * name: the insides of types, operators, indexes and aggregates.
   */
  functions: `
    select p.oid, p.pronamespace, p.proname, p.prokind, pg_catalog.pg_get_function_arguments(p.oid),
           pg_catalog.pg_get_function_result(p.oid), d.description
      from pg_catalog.pg_proc p
      join pg_catalog.pg_namespace n on n.oid = p.pronamespace
      left join pg_catalog.pg_description d
        on d.objoid = p.oid and d.classoid = 'pg_catalog.pg_proc'::pg_catalog.regclass and d.objsubid = 0
     where n.nspname !~ '^pg_temp_'
       and (n.nspname <> 'pg_catalog'
            or not (p.prorettype = any ('{2275,2281,269,325,2280,3115,3310,3838}'::oid[])
                    or 2275 = any (p.proargtypes) or 2281 = any (p.proargtypes)
                    or d.description ~ '^(I/O|hash$|less-equal-greater|aggregate (transition|final)|window RANGE)'
                    or d.description ~ '(^implementation of .* operator|support|selectivity|internal)'
                       and p.proname <> 'starts_with'))
     order by p.proname, p.pronamespace, p.pronargs`,

  /** oid, schema, name, name as it is shown, kind, labels of an enum, comment. */
  types: `
    select t.oid, t.typnamespace, t.typname, pg_catalog.format_type(t.oid, null), t.typtype,
           (select pg_catalog.json_agg(e.enumlabel order by e.enumsortorder)
              from pg_catalog.pg_enum e where e.enumtypid = t.oid),
           d.description
      from pg_catalog.pg_type t
      join pg_catalog.pg_namespace n on n.oid = t.typnamespace
      left join pg_catalog.pg_class c on c.oid = t.typrelid
      left join pg_catalog.pg_description d
        on d.objoid = t.oid and d.classoid = 'pg_catalog.pg_type'::pg_catalog.regclass and d.objsubid = 0
     where t.typtype <> 'p' and t.typcategory <> 'A' and (c.oid is null or c.relkind = 'c')
       and n.nspname !~ '^pg_(toast|temp_|toast_temp_)'
     order by t.typname, t.typnamespace`,

  /**
   * Table, [[name, kind]]: what else of a table has a name. An index that stands for a constraint has its name, and what
   * partitions have is their table's; the server's own are named by nobody.
   */
  parts: `
    select p.relation, pg_catalog.json_agg(pg_catalog.json_build_array(p.name, p.kind) order by p.kind, p.name)
      from (select x.indrelid as relation, i.relname as name, 'index' as kind
              from pg_catalog.pg_index x join pg_catalog.pg_class i on i.oid = x.indexrelid
             where not exists (select from pg_catalog.pg_constraint o
                                where o.conindid = x.indexrelid and o.contype in ('p', 'u', 'x'))
            union all
            select o.conrelid, o.conname, 'constraint' from pg_catalog.pg_constraint o where o.contype <> 'n'
            union all
            select t.tgrelid, t.tgname, 'trigger' from pg_catalog.pg_trigger t where not t.tgisinternal
            union all
            select y.polrelid, y.polname, 'policy' from pg_catalog.pg_policy y) p
      join pg_catalog.pg_class c on c.oid = p.relation
     where c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
       and c.relnamespace <> 'pg_catalog'::pg_catalog.regnamespace
     group by p.relation`,
};
