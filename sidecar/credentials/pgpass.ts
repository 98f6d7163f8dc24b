/** The login that a password is looked for; a password file may hold many. */
export interface PgpassLogin {
  host: string;
  port: number;
  database: string;
  username: string;
}

/** `any`: the field was a bare asterisk. An escaped one is a name. */
interface PgpassField {
  text: string;
  any: boolean;
}

export interface PgpassEntry {
  host: PgpassField;
  port: PgpassField;
  database: PgpassField;
  username: PgpassField;
  password: string;
}

/** The folders in which servers put their sockets unless told otherwise; a file names these as localhost. */
const defaultSocketFolders: ReadonlySet<string> = new Set(['/tmp', '/var/run/postgresql', '/run/postgresql']);

/**
 * The lines of a password file as libpq reads them: `host:port:database:username:password`, a backslash takes the meaning
 * from a colon or a backslash, `#` begins a comment, and what is no such line is passed over.
 */
export function parsePgpass(text: string): PgpassEntry[] {
  return text.split('\n').flatMap((line) => {
    const entry = line.startsWith('#') ? undefined : parseLine(line.replace(/\r+$/, ''));
    return entry ? [entry] : [];
  });
}

/** The password of the first line that fits, as libpq takes it; undefined where none does. */
export function findPgpass(entries: readonly PgpassEntry[], login: PgpassLogin): string | undefined {
  const { database, username } = login;
  const hosts =
    defaultSocketFolders.has(login.host) || login.host === '' ? [login.host, 'localhost'] : [login.host];
  const fits = ({ text, any }: PgpassField, wanted: string) => any || text === wanted;
  return entries.find(
    (entry) =>
      hosts.some((host) => fits(entry.host, host)) &&
      fits(entry.port, String(login.port)) &&
      fits(entry.database, database) &&
      fits(entry.username, username),
  )?.password;
}

function parseLine(line: string): PgpassEntry | undefined {
  const fields: PgpassField[] = [];
  let rest = line;
  while (fields.length < 4) {
    const raw = /^(?:\\.|[^:\\])*(?=:)/su.exec(rest)?.[0];
    if (raw === undefined) return undefined;
    fields.push({ text: unescaped(raw), any: raw === '*' });
    rest = rest.slice(raw.length + 1);
  }
  const [host, port, database, username] = fields;
  if (!host || !port || !database || !username) return undefined;
  // What stands behind a fifth colon is no part of it; a lone backslash at the end is one.
  const password = unescaped(/^(?:\\.|[^:\\]|\\$)*/su.exec(rest)?.[0] ?? '');
  return { host, port, database, username, password };
}

const unescaped = (raw: string): string => raw.replace(/\\(.)/gsu, '$1');
