import { add, DraftBuilder, emptyReading, nameFor, type Reading } from './found.ts';

/**
 * The entries of a password file, as definitions whose password is looked up there at each connect: the passwords
 * themselves are not read. A star stands for any value, so it names nothing to connect to.
 */
export function readPassFile(text: string, options: { fileName: string; isOwn: boolean }): Reading {
  const reading = emptyReading();
  text.split('\n').forEach((line, index) => {
    if (line.trim() !== '' && !line.startsWith('#'))
      readLine(reading, line, `line ${index + 1} of ${options.fileName}`);
  });
  if (!options.isOwn && reading.found.length > 0)
    reading.warnings.push(
      'At each connect the password is looked up in your own password file, not in this one.',
    );
  return reading;
}

function readLine(reading: Reading, line: string, place: string): void {
  const [host, port, database, user] = entryOf(line);
  const leave = (why: string) => void reading.leftOut.push({ name: place, why });
  if (host === undefined || port === undefined || database === undefined || user === undefined)
    return leave('It is no entry of a password file');
  if (host === any) return leave('It is for any host');
  if (user === any) return leave('It is for any user');
  if (database === 'replication') return leave('It is for replication');
  if (port !== any && !/^\d+$/.test(port)) return leave('Its port is no number');
  const words = (field: string, value: string) =>
    `${value === any ? `any ${field} in` : `${field} in`} ${place}`;
  const draft = new DraftBuilder()
    .set('host', host, words('host', host))
    .set('port', port === any ? 5432 : Number(port), words('port', port))
    .set('database', database === any ? 'postgres' : database, words('database', database))
    .set('username', user, words('user', user))
    .set('tls.mode', 'prefer', 'none given: libpq’s own default')
    .set('credential.source', 'pgpass', place);
  const name = `${user}@${host}${database === any ? '' : `/${database}`}`;
  add(reading, draft.build(nameFor(name, place), []));
}

const any = '*';

/** Cut at colons that have no backslash before them; what comes after the fourth is the password, and is dropped here. */
function entryOf(line: string): (string | undefined)[] {
  const parts = /^((?:\\.|[^:\\])*):((?:\\.|[^:\\])*):((?:\\.|[^:\\])*):((?:\\.|[^:\\])*):/.exec(line);
  return (parts?.slice(1) ?? [])
    .map((part) => part.replace(/\\(.)/g, '$1'))
    .map((part) => (part === '' ? undefined : part));
}
