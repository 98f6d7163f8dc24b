import { PostgreSQL, SQLDialect } from '@codemirror/lang-sql';

/**
 * Words that are drawn as keywords and offered while typing: those that PostgreSQL reserves, and those that statements
 * begin with or clauses are made of. The dialect's own list has every word of the grammar, such as `id`, `name` and
 * `label`, which in a query are nearly always columns.
 */
const keywords = [
  'all analyse analyze and any array as asc asymmetric both case cast check collate column concurrently constraint',
  'create cross current_catalog current_date current_role current_schema current_time current_timestamp current_user',
  'default deferrable desc distinct do else end except false fetch for foreign freeze from full grant group having',
  'ilike in initially inner intersect into is isnull join lateral leading left like limit localtime localtimestamp',
  'natural not notnull null offset on only or order outer overlaps placing primary references returning right select',
  'session_user similar some symmetric table tablesample then to trailing true union unique user using variadic',
  'verbose when where window with',
  'abort add alter authorization begin between by call cascade checkpoint close cluster commit conflict copy cube',
  'cursor database deallocate declare deferred delete disable discard domain drop enable enum escape exclude execute',
  'exists explain extension filter following function generated greatest grouping identity if immediate immutable',
  'increment index inherit inherits insert instead interval isolation key least level listen locked lock materialized',
  'maxvalue merge minvalue move no nothing notify nowait nulls of off ordinality over owned owner partition preceding',
  'prepare procedure publication range recursive refresh reindex release rename repeatable replace reset restrict',
  'return returns revoke rollback rollup row rows savepoint schema security sequence serializable set setof show skip',
  'stable statement statistics stored subscription temp temporary ties transaction trigger truncate unbounded',
  'uncommitted unlisten unlogged update vacuum values view volatile within without work',
].join(' ');

const keywordSet: ReadonlySet<string> = new Set(keywords.split(' '));

/** In lower case. */
export const isKeyword = (word: string): boolean => keywordSet.has(word);

export const sqlDialect = SQLDialect.define({ ...PostgreSQL.spec, keywords });
