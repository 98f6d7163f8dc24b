import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { parseKeyValue } from './keyValue.ts';
import { ConninfoError } from './settings.ts';
import { isUri, parseUri } from './uri.ts';

const refused = Symbol('refused');
type Answer = Record<string, string> | typeof refused;

/** What PQconninfoParse of libpq 15 answered. */
const answers: [text: string, answer: Answer][] = [
  ['postgresql://', {}],
  ['postgresql://localhost', { host: 'localhost' }],
  ['postgresql://localhost:5433', { host: 'localhost', port: '5433' }],
  ['postgresql://localhost/mydb', { dbname: 'mydb', host: 'localhost' }],
  ['postgresql://user@localhost', { user: 'user', host: 'localhost' }],
  ['postgresql://user:secret@localhost', { user: 'user', password: 'secret', host: 'localhost' }],
  [
    'postgresql://other@localhost/otherdb?connect_timeout=10&application_name=myapp',
    { user: 'other', connect_timeout: '10', dbname: 'otherdb', host: 'localhost', application_name: 'myapp' },
  ],
  [
    'postgresql://host1:123,host2:456/somedb?target_session_attrs=any&application_name=myapp',
    {
      dbname: 'somedb',
      host: 'host1,host2',
      port: '123,456',
      application_name: 'myapp',
      target_session_attrs: 'any',
    },
  ],
  ['postgres://h1,h2:5434/db', { dbname: 'db', host: 'h1,h2', port: ',5434' }],
  ['postgresql://user:p%40ss%3Aw%2F@h/db', { user: 'user', password: 'p@ss:w/', dbname: 'db', host: 'h' }],
  ['postgresql://u:p@ss@h/db', { user: 'u', password: 'p', dbname: 'db', host: 'ss@h' }],
  ['postgresql:///mydb?host=localhost&port=5433', { dbname: 'mydb', host: 'localhost', port: '5433' }],
  ['postgresql://%2Fvar%2Flib%2Fpostgresql/dbname', { dbname: 'dbname', host: '/var/lib/postgresql' }],
  ['postgresql:///dbname?host=/var/lib/postgresql', { dbname: 'dbname', host: '/var/lib/postgresql' }],
  ['postgresql://[2001:db8::1234]/database', { dbname: 'database', host: '2001:db8::1234' }],
  [
    'postgresql://[2001:db8::1234]:5433/database',
    { dbname: 'database', host: '2001:db8::1234', port: '5433' },
  ],
  ['postgresql://[::1', refused],
  ['postgresql://[]/db', refused],
  ['postgresql://[::1]x/db', refused],
  ['postgresql://h/db?ssl=true', { dbname: 'db', host: 'h', sslmode: 'require' }],
  ['postgresql://h/db?ssl=false', refused],
  ['postgresql://h/db?foo=bar', refused],
  ['postgresql://h/db?sslmode', refused],
  ['postgresql://h/db?sslmode=a=b', refused],
  ['postgresql://h/db?', { dbname: 'db', host: 'h' }],
  ['postgresql://h/d%zzb', refused],
  ['postgresql://h/d%00b', refused],
  ['postgresql://u%20x@h/a+b', { user: 'u x', dbname: 'a+b', host: 'h' }],
  ['postgresql://:pw@h', { password: 'pw', host: 'h' }],
  ['postgresql://u:@h', { user: 'u', host: 'h' }],
  ['postgresql://h:/db', { dbname: 'db', host: 'h' }],
  ['postgresql://h/db?user=x&user=y', { user: 'y', dbname: 'db', host: 'h' }],
  ['postgresql://a@h/db?user=b', { user: 'b', dbname: 'db', host: 'h' }],
  ['postgresql://h/db?sslmode=&host=', { dbname: 'db', host: '', sslmode: '' }],
  ['postgresql://h/a/b?x=1', refused],
  ['postgresql://h?dbname=x', { dbname: 'x', host: 'h' }],
  ['postgresql://u@/db', { user: 'u', dbname: 'db' }],
  ['postgresql://@h/db', { dbname: 'db', host: 'h' }],
  ['POSTGRESQL://h/db', refused],
  [
    'postgresql://h/db?options=-c%20statement_timeout%3D5s',
    { dbname: 'db', host: 'h', options: '-c statement_timeout=5s' },
  ],
  [
    'host=localhost port=5432 dbname=mydb connect_timeout=10',
    { connect_timeout: '10', dbname: 'mydb', host: 'localhost', port: '5432' },
  ],
  ["host = localhost user = 'a b'", { user: 'a b', host: 'localhost' }],
  ["user='it\\'s' password='a\\\\b'", { user: "it's", password: 'a\\b' }],
  ['password=a\\ b host=h', { password: 'a b', host: 'h' }],
  ['host=', { host: '' }],
  ["host='' dbname=x", { dbname: 'x', host: '' }],
  ['host', refused],
  ['host localhost', refused],
  ['foo=bar', refused],
  ["user='open", refused],
  ['  host=h  ', { host: 'h' }],
  ['', {}],
  ['host=a,b port=1,2', { host: 'a,b', port: '1,2' }],
  ["dbname='postgresql://h/x'", { dbname: 'postgresql://h/x' }],
  ['host=h host=i', { host: 'i' }],
  ["user=''x host=h", refused],
  ["user=a'b'c", { user: "a'b'c" }],
  ['= x', refused],
  ['host=h\tport=1\nuser=u', { user: 'u', host: 'h', port: '1' }],
  ['hostaddr=127.0.0.1', { hostaddr: '127.0.0.1' }],
  [
    'port=5432 sslmode=verify-full sslrootcert=system',
    { port: '5432', sslmode: 'verify-full', sslrootcert: 'system' },
  ],
  ['user=\u00fc', { user: '\u00fc' }],
  ['requiressl=1 host=h', { host: 'h', sslmode: 'require' }],
  ['requiressl=0', { sslmode: 'prefer' }],
  ['host=h tty=x', refused],
  ['authtype=x', refused],
  ['postgresql://h/db?requiressl=1', { dbname: 'db', host: 'h', sslmode: 'require' }],
  ['postgresql://u:p:w@h/db', { user: 'u', password: 'p:w', dbname: 'db', host: 'h' }],
  ['postgresql://u:p?x@h/db', { user: 'u', password: 'p?x', dbname: 'db', host: 'h' }],
  ['postgresql://u:p/ss@h/db', { dbname: 'ss@h/db', host: 'u', port: 'p' }],
  ['postgresql://u:12/34@h/db', { dbname: '34@h/db', host: 'u', port: '12' }],
  ['postgresql://u:p#x@h/db', { user: 'u', password: 'p#x', dbname: 'db', host: 'h' }],
  ['postgresql://u@h/db#frag', { user: 'u', dbname: 'db#frag', host: 'h' }],
  ['postgresql://h:99999/db', { dbname: 'db', host: 'h', port: '99999' }],
  ['port=abc', { port: 'abc' }],
  ['host=a,b port=1', { host: 'a,b', port: '1' }],
  ['host=a,b port=1,2,3', { host: 'a,b', port: '1,2,3' }],
  [
    'postgresql://h1,h2,h3:5434/db?target_session_attrs=read-write',
    { dbname: 'db', host: 'h1,h2,h3', port: ',,5434', target_session_attrs: 'read-write' },
  ],
  ['postgresql://[::1],h2/db', { dbname: 'db', host: '::1,h2', port: ',' }],
  ['postgresql://[::1]:1,[::2]:2/db', { dbname: 'db', host: '::1,::2', port: '1,2' }],
  ['postgresql:///db?host=/tmp&user=u', { user: 'u', dbname: 'db', host: '/tmp' }],
  ['postgresql://%2ftmp:5433/db', { dbname: 'db', host: '/tmp', port: '5433' }],
  ['postgresql://u:%C3%BC@h', { user: 'u', password: '\u00fc', host: 'h' }],
  ['sslmode=nonsense', { sslmode: 'nonsense' }],
  ['service=x host=y', { service: 'x', host: 'y' }],
  ['passfile=/x dbname=y', { passfile: '/x', dbname: 'y' }],
  [
    'postgresql://h/db?sslmode=require&channel_binding=require',
    { channel_binding: 'require', dbname: 'db', host: 'h', sslmode: 'require' },
  ],
  ['postgres:///', {}],
  ['postgres://?host=h', { host: 'h' }],
  ['postgres://u:p@?host=h', { user: 'u', password: 'p', host: 'h' }],
  ['postgres://u:p@/db?host=/tmp', { user: 'u', password: 'p', dbname: 'db', host: '/tmp' }],
  ["password='a b' user=x", { user: 'x', password: 'a b' }],
  ["password='it''s'", refused],
  ["password=a'b host=h", { password: "a'b", host: 'h' }],
  ["password=\\'x\\' host=h", { password: "'x'", host: 'h' }],
  ['host=h\\', { host: 'h' }],
  ["options='-c a=b\\\\ c'", { options: '-c a=b\\ c' }],
  ['host=@abstract', { host: '@abstract' }],
  ['postgresql://@/db', { dbname: 'db' }],
  ['postgresql://:@/db', { dbname: 'db' }],
  ['postgresql://,/db', { dbname: 'db', host: ',', port: ',' }],
  ['postgresql://h:,h2:/db', { dbname: 'db', host: 'h,h2', port: ',' }],
  ['postgresql://h/db?a', refused],
  ['postgresql://h/db?=b', refused],
  ['postgresql://h/db?&', refused],
  ['postgresql://h/db?host=x&', { dbname: 'db', host: 'x' }],
  ['dbname=a=b', { dbname: 'a=b' }],
  ["dbname='a=b' user==x", { user: '=x', dbname: 'a=b' }],
  ['host=h;port=1', { host: 'h;port=1' }],
  ['postgresql://h/%20', { dbname: ' ', host: 'h' }],
  ['postgresql://u%zz:p@h', refused],
  ['postgresql://u:p%zz@h', refused],
  ['postgresql://h%00x/db', refused],
  ["host='h' port='5432'dbname=x", { dbname: 'x', host: 'h', port: '5432' }],
  ['user= host=h', { user: 'host=h' }],
  ['HOST=h', refused],
  ['host =h', { host: 'h' }],
  ['host= h', { host: 'h' }],
  ['\u00a0host=h', refused],
  [
    'postgresql://u:p@h:5432/db?user=x&password=y&port=1&host=z&dbname=w',
    { user: 'x', password: 'y', dbname: 'w', host: 'z', port: '1' },
  ],
];

function read(text: string): Answer {
  try {
    const settings = isUri(text) ? parseUri(text) : parseKeyValue(text);
    return Object.fromEntries(Array.from(settings, ([keyword, { value }]) => [keyword, value]));
  } catch (error) {
    if (error instanceof ConninfoError) return refused;
    throw error;
  }
}

it.each(answers)('%s is read as libpq reads it', (text, answer) => {
  expect(read(text)).toEqual(answer);
});

/** Asks the libpq of this computer, where Python can load one. */
const script = `
import ctypes, sys, json
libpq = ctypes.CDLL('libpq.so.5')
class Option(ctypes.Structure):
    _fields_ = [(name, ctypes.c_char_p) for name in ('keyword', 'variable', 'compiled', 'value', 'label', 'shown')] + [('size', ctypes.c_int)]
libpq.PQconninfoParse.restype = ctypes.POINTER(Option)
libpq.PQconninfoParse.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
def ask(text):
    found = libpq.PQconninfoParse(text.encode(), None)
    if not found: return None
    values, at = {}, 0
    while found[at].keyword:
        if found[at].value is not None: values[found[at].keyword.decode()] = found[at].value.decode()
        at += 1
    return values
print(json.dumps([ask(text) for text in json.load(sys.stdin)]))
`;

const input = JSON.stringify(answers.map(([text]) => text));
const asked = spawnSync('python3', ['-c', script], { input, encoding: 'utf8' });
if (asked.status === 0)
  it('the libpq of this computer answers the same', () => {
    const real = JSON.parse(asked.stdout) as (Record<string, string> | null)[];
    const differ = answers.filter(
      ([, answer], at) => JSON.stringify(sorted(answer)) !== JSON.stringify(sorted(real[at] ?? refused)),
    );
    expect(differ).toEqual([]);
  });
else process.stdout.write('libpq itself is not asked: Python or libpq.so.5 is missing here\n');

const sorted = (answer: Answer): unknown =>
  answer === refused ? 'refused' : Object.entries(answer).sort(([a], [b]) => (a < b ? -1 : 1));
