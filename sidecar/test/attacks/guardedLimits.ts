/**
 * What guarded mode does not hold back, the same for everybody. All of it needs something that lies on the server already:
 * a volatile function that works past its transaction (by dblink, or a session's advisory lock), called by a name that
 * guarded mode does not know, or hidden behind a view, an operator, an aggregate, a cast, a domain or a foreign table.
 * Strict mode refuses them all. Neither a write of the transaction's own nor any statement but a query is among them.
 */
const both: readonly string[] = [
  'a cast',
  'a cast by CAST',
  'a domain',
  'a domain called as a function',
  'a domain over a domain',
  'a foreign partition',
  'a foreign table',
  'a function as a default of COALESCE',
  'a function behind the search path',
  'a function called by a column name',
  'a function called by an attribute',
  'a function called on a text',
  'a function in EXPLAIN ANALYZE',
  'a function in JSON',
  'a function in VALUES',
  'a function in a CASE',
  'a function in a cursor',
  'a function in a subquery',
  'a function that catches the refusal',
  'a function that leaks',
  'a function that takes a lock',
  'a prefix operator',
  'a qualified function',
  'a qualified operator',
  'a view by TABLE',
  'a view in a WITH',
  'a view of a foreign table',
  'a view over a view',
  'a view that exports',
  'a view that leaks',
  'a view that locks',
  'a view under a name of a WITH',
  'a view with a cast',
  'a view with a domain',
  'a view with a window',
  'a view with an aggregate',
  'a view with an operator',
  'an aggregate',
  'an aggregate as a window',
  'an array of a domain',
  'an operator',
  'an operator with ANY',
];

/** Row policies hold neither for a superuser nor for the owner of the table, so their code does not run for these. */
export const guardedLimits: Record<'superuser' | 'owner' | 'reader', readonly string[]> = {
  superuser: both,
  owner: both,
  reader: [...both, 'a row policy'],
};
