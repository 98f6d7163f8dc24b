import { Lexer } from '#shared/sql/lexer.ts';
import type { ParsedStatement } from './parsedStatement.ts';

/** Statements that are called by their first word; of all others the first two are said: DROP TABLE, CREATE INDEX. */
const oneWord = new Set(
  `SELECT INSERT UPDATE DELETE MERGE TRUNCATE COPY CALL DO EXECUTE PREPARE DEALLOCATE LISTEN UNLISTEN NOTIFY LOCK VACUUM
  ANALYZE CLUSTER REINDEX CHECKPOINT LOAD SET RESET SHOW GRANT REVOKE DECLARE FETCH MOVE CLOSE DISCARD VALUES TABLE
  EXPLAIN BEGIN START COMMIT END ROLLBACK ABORT SAVEPOINT RELEASE`.match(/\S+/g),
);

const byTag: Record<string, string> = {
  InsertStmt: 'INSERT',
  UpdateStmt: 'UPDATE',
  DeleteStmt: 'DELETE',
  MergeStmt: 'MERGE',
  SelectStmt: 'SELECT',
};

/** What a person calls a statement: INSERT, DROP TABLE, and DELETE where that hides behind WITH. */
export const statementName = ({ tag, text }: ParsedStatement): string => byTag[tag] ?? firstWords(text);

/** The same for a statement inside another, known by its tag alone. */
export const innerName = (tag: string): string =>
  byTag[tag] ??
  tag
    .replace(/Stmt$/, '')
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toUpperCase();

/** The first words of a text, for one that has no tree. */
export function firstWords(text: string): string {
  const words: string[] = [];
  const lexer = new Lexer(text);
  while (words.length < 2 && lexer.next()) {
    if (lexer.kind === 'comment' || lexer.kind === 'open') continue;
    if (lexer.kind !== 'word') break;
    words.push(lexer.written.toUpperCase());
    if (oneWord.has(words[0] ?? '')) break;
  }
  return words.join(' ') || 'This text';
}
