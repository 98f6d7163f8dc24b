import { quoteLiteral } from '#shared/sql/literals.ts';
import type { Row } from '../reader.ts';

/** Statements one after the other, each with what follows it. Empty ones are left out. */
export const script = (...statements: (string | undefined)[]): string =>
  statements
    .filter((statement) => statement)
    .map((statement) => `${statement};`)
    .join('\n\n');

/** In one block, as they belong together. */
export const block = (statements: string[]): string | undefined =>
  statements.length === 0 ? undefined : statements.join(';\n');

export const commentOn = (what: string, comment: string | null | undefined): string | undefined =>
  comment === null || comment === undefined ? undefined : `COMMENT ON ${what} IS ${quoteLiteral(comment)}`;

/** The first cells of all rows. */
export const firsts = (rows: Row[]): string[] => rows.map(([first]) => first ?? '');

/** A qualified and quoted name, by SQL. */
export const nameOf = (schema: string, name: string): string =>
  `pg_catalog.quote_ident(${schema}) || '.' || pg_catalog.quote_ident(${name})`;

/** `name=value` as the catalog keeps it, written as options: `fillfactor=70`. Needs a subselect's aliases to be free. */
export const optionsOf = (array: string, prefix = ''): string => `
(select pg_catalog.string_agg('${prefix}' || pg_catalog.quote_ident(o.option_name) || '=' ||
    case when o.option_value ~ '^[a-zA-Z0-9_.]+$' then o.option_value
      else pg_catalog.quote_literal(o.option_value) end, ', ')
  from pg_catalog.pg_options_to_table(${array}) o)`;

/** Options of foreign data: `name 'value'`. */
export const foreignOptionsOf = (array: string): string => `
(select pg_catalog.string_agg(pg_catalog.quote_ident(o.option_name) || ' ' || pg_catalog.quote_literal(o.option_value), ', ')
  from pg_catalog.pg_options_to_table(${array}) o)`;
