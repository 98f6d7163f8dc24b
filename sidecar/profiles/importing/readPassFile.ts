import { parsePgpass } from '../../credentials/pgpass.ts';
import { add, DraftBuilder, emptyReading, nameFor, type Reading } from './found.ts';

interface PassFile {
  fileName: string;
  /** Where it lies, for entries that shall be looked up there; undefined for the one where libpq looks by itself. */
  path?: string | undefined;
  /** Nobody knows where it lies: the window has read it. */
  isLoose?: boolean;
}

/**
 * The entries of a password file, as definitions whose password is looked up there at each connect: the passwords
 * themselves are not taken over. A star stands for any value, so it names nothing to connect to.
 */
export function readPassFile(text: string, file: PassFile): Reading {
  const reading = emptyReading();
  text.split('\n').forEach((line, index) => {
    const place = `line ${index + 1} of ${file.fileName}`;
    if (line.trim() !== '' && !line.startsWith('#')) readLine(reading, line, { ...file, place });
  });
  if (file.isLoose && reading.found.length > 0)
    reading.warnings.push(
      'At each connect the password is looked up in your own password file, not in this one.',
    );
  return reading;
}

function readLine(reading: Reading, line: string, { place, path }: PassFile & { place: string }): void {
  const [entry] = parsePgpass(line);
  const leave = (why: string) => void reading.leftOut.push({ name: place, why });
  if (!entry) return leave('It is no entry of a password file');
  const { host, port, database, username } = entry;
  if (host.any) return leave('It is for any host');
  if (username.any) return leave('It is for any user');
  if (database.text === 'replication') return leave('It is for replication');
  if (!port.any && !/^\d+$/.test(port.text)) return leave('Its port is no number');
  const words = (field: string, { any }: { any: boolean }) => `${any ? 'any ' : ''}${field} in ${place}`;
  const draft = new DraftBuilder()
    .set('host', host.text, words('host', host))
    .set('port', port.any ? 5432 : Number(port.text), words('port', port))
    .set('database', database.any ? 'postgres' : database.text, words('database', database))
    .set('username', username.text, words('user', username))
    .set('credential.source', 'pgpass', place)
    .set('credential.passfile', path, place);
  const name = `${username.text}@${host.text}${database.any ? '' : `/${database.text}`}`;
  add(reading, draft.build(nameFor(name, place), []));
}
