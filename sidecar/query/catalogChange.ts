/** Where the catalog may be another one now. */
export interface CatalogChange {
  connectionId: string;
  database: string;
}

/** Tags of statements that make, change or drop something with a name, or may do so unseen, or change how large it is. */
const changing =
  /^(CREATE|ALTER|DROP|COMMENT|GRANT|REVOKE|TRUNCATE|IMPORT|REASSIGN|SECURITY|REFRESH|REINDEX|CLUSTER|VACUUM|ANALYZE|DO|CALL)\b/;

/** Was this statement, which has ended with this tag, one that changes the catalog? */
export function changesCatalog(text: string, commandTag: string): boolean {
  if (changing.test(commandTag)) return true;
  // CREATE TABLE AS and SELECT INTO end with the tag of a SELECT.
  return commandTag.startsWith('SELECT') && /\b(create|into)\b/i.test(text);
}
