import { describe, expect, it } from 'vitest';
import { AppError } from '#shared/error/appError.ts';
import { serviceSections } from '../importing/serviceFile.ts';
import { parseText } from './parseText.ts';

const read = (text: string) => parseText(text, { osUser: 'me' });

function refusal(text: string): AppError {
  try {
    read(text);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error(`It was read: ${text}`);
}

describe('a pasted text', () => {
  it('becomes a draft, with where each field came from, and the secrets apart', () => {
    expect(
      read(
        'postgresql://app:p%40ss@h1:5433,[::1]/shop?sslmode=verify-ca&sslrootcert=/ca.pem&sslcert=/c.pem&sslkey=/k.pem' +
          '&sslpassword=phrase&target_session_attrs=primary&application_name=x&connect_timeout=7' +
          '&options=-c%20statement_timeout%3D5s%20-csearch_path%3Da%2Cb%20--lock-timeout%3D1min',
      ),
    ).toEqual({
      config: {
        host: 'h1:5433,[::1]:5432',
        port: 5432,
        database: 'shop',
        username: 'app',
        targetSessionAttrs: 'primary',
        tls: { mode: 'verify-ca', caFile: '/ca.pem', certFile: '/c.pem', keyFile: '/k.pem' },
        options: {
          applicationName: 'x',
          connectTimeoutSec: 7,
          statementTimeoutMs: 5_000,
          searchPath: 'a,b',
          lockTimeoutMs: 60_000,
        },
      },
      provenance: {
        host: 'the URI',
        port: 'the URI',
        database: 'the URI',
        username: 'the URI',
        targetSessionAttrs: 'the URI',
        'tls.mode': 'the URI',
        'tls.caFile': 'the URI',
        'tls.certFile': 'the URI',
        'tls.keyFile': 'the URI',
        'secrets.password': 'the URI',
        'secrets.keyPassphrase': 'the URI',
        'options.applicationName': 'the URI',
        'options.connectTimeoutSec': 'the URI',
        'options.statementTimeoutMs': 'the URI, statement_timeout',
        'options.searchPath': 'the URI, search_path',
        'options.lockTimeoutMs': 'the URI, lock_timeout',
      },
      secrets: { password: 'p@ss', keyPassphrase: 'phrase' },
      warnings: [],
    });
  });

  it('names neither user nor database: then it is whoever asks', () => {
    expect(read('postgresql://db.local?sslmode=require')).toMatchObject({
      config: { host: 'db.local', port: 5432, username: 'me', database: 'me' },
      provenance: {
        port: 'the default',
        username: 'your name on this computer',
        database: 'the name of the user, as in libpq',
      },
    });
    expect(read('user=app').config).toMatchObject({ host: 'localhost', username: 'app', database: 'app' });
  });

  it.each([
    [' postgresql://u@localhost/d \n', 'the URI'],
    ['"postgresql://u@localhost/d"', 'the URI'],
    ['DATABASE_URL=postgresql://u@localhost/d', 'the URI'],
    ["export DATABASE_URL='postgresql://u@localhost/d';", 'the URI'],
    ['url: postgresql://u@localhost/d', 'the URI'],
    ['POSTGRES://u@localhost/d', 'the URI'],
    ['postgresql+asyncpg://u@localhost/d', 'the URI'],
    ['host=localhost user=u dbname=d', 'the settings'],
    ["dbname='postgresql://u@localhost/d'", 'the URI'],
    ['psql -hlocalhost d u', 'psql -h'],
    ['export PGHOST=localhost\nexport PGUSER=u PGDATABASE=d', 'PGHOST'],
    ['jdbc:postgresql://localhost/d?user=u', 'the JDBC URL'],
  ])('is read as it stands where it was copied: %s', (text, source) => {
    const { config, provenance } = read(text);
    expect(config).toMatchObject({ host: 'localhost', username: 'u', database: 'd' });
    expect(provenance.host).toBe(source);
  });

  it.each([
    ['', 'nothing to read'],
    ['hello', 'no connection string'],
    ['postgresql://[::1', 'IPv6 address'],
    ['host=a,b port=1,2,3', '3 ports, but 2 hosts'],
    ['host=a,b hostaddr=127.0.0.1', '1 values in hostaddr, but 2 hosts'],
    ['port=0 host=a', 'port'],
    ['host=a\0b', 'zero byte'],
    ['host=a sslmode=no-verify', 'no such sslmode'],
    ['host=a connect_timeout=soon', 'connect_timeout'],
    ['database=shop', '“database”'],
    ['Host=db;Port=5432;Username=u;Password=p', 'semicolons'],
    ['mongodb+srv://u:p@h/db', 'address of MongoDB'],
    ['mysql://h/db', 'address of MySQL'],
    ['jdbc:sqlserver://h;databaseName=x', 'address of SQL Server'],
    ['https://example.org', 'a web page'],
    ['nonsense://h/db', 'something else than PostgreSQL'],
    ['jdbc:postgresql://h/db?targetServerType=nearest', 'targetServerType'],
  ])('that is none is refused with why: %s', (text, words) => {
    const error = refusal(text);
    expect(error.code).toBe('INVALID_CONFIG');
    expect(error.message).toContain(words);
    expect(error.facts.issues).toEqual([{ path: 'text', message: error.message }]);
  });
});

describe('hosts', () => {
  it.each([
    ['host=a port=5433', { host: 'a', port: 5433 }],
    ['host=a,b port=5433', { host: 'a,b', port: 5433 }],
    ['host=a,b port=1,', { host: 'a:1,b:5432', port: 5432 }],
    ['host=::1,/run/pg port=1,2', { host: '[::1]:1,/run/pg:2', port: 5432 }],
    ['hostaddr=10.0.0.1', { host: '10.0.0.1' }],
    ['host=a hostaddr=10.0.0.1', { host: 'a', hostaddr: '10.0.0.1' }],
    ['hostaddr=10.0.0.1,::1 port=1', { host: '10.0.0.1,[::1]', port: 1 }],
    ['postgresql://%2Frun%2Fpg/db', { host: '/run/pg' }],
    ['postgresql:///db', { host: 'localhost' }],
    ['host=@abstract', { host: '@abstract' }],
  ])('%s', (text, config) => {
    expect(read(text).config).toMatchObject(config);
  });
});

describe('what differs from libpq, or cannot be taken', () => {
  it.each([
    ['postgresql://u:p@ss@h/db?sslmode=require', ['“@”']],
    ['postgres://u@%2Fs?application_name=a@b', []],
    [
      'postgres://%2Fs/d?schema=x&pgbouncer=true&connection_limit=1',
      ['another program’s: pgbouncer, connection_limit'],
    ],
    ['postgresql://u:12/34@h/db', ['“/” in the password', 'verifies']],
    ['postgresql:///db', ['No host is named']],
    ['postgresql://h/db', ['verifies the server in full']],
    ['host=/s keepalives_idle=5 tcp_user_timeout=9', ['its own way: keepalives_idle, tcp_user_timeout']],
    ['host=/s sslcrl=/x require_auth=scram-sha-256', ['no setting for it: sslcrl, require_auth']],
    ['host=/s channel_binding=prefer client_encoding=UTF8 keepalives=1 sslsni=1', []],
    ['host=/s connect_timeout=0', ['every wait has an end']],
    ['host=/s connect_timeout=900', ['300 s at most']],
    ['host=/s service=billing', ['pg_service.conf']],
    ["host=/s options='-c work_mem=64MB -d 5'", ['“work_mem”', 'only settings like']],
    ["host=/s options='-c statement_timeout=99999d'", ['“statement_timeout”']],
    ["host=/s options='endpoint=ep-1'", ['only settings like']],
    ['host=a,b hostaddr=1.1.1.1,2.2.2.2 sslmode=require', ['hostaddr was left out']],
    ['psql -h /s a b c', ['what follows was left out']],
    ['psql -h /s --nonsense=1', ['does not know']],
    ['psql -h /s -U $PGUSER_OF_MINE', ['Put the value of user']],
    ['PGPASSWORD=$(pass show db) psql -h /s', ['password was left out']],
    ['docker exec db psql -h /s', ['another place']],
    ['POSTGRES://%2Fs', ['small letters']],
    ['postgres+psycopg://%2Fs', ['driver']],
  ])('is said: %s', (text, expected) => {
    const { warnings } = read(text);
    expect(warnings).toHaveLength(expected.length);
    for (const [at, words] of expected.entries()) expect(warnings[at]).toContain(words);
  });

  it('leaves a secret that only a shell knows to be typed, and keeps one that it does not', () => {
    expect(read('PGPASSWORD=$PW psql -h /s').secrets).toEqual({});
    expect(read("PGPASSWORD='$PW' psql -h /s").secrets).toEqual({ password: '$PW' });
    expect(read('psql "postgres://u:${PW}@h/db?sslmode=require"').secrets).toEqual({});
    expect(read('psql "postgres://u:pw@$HOST/db?sslmode=require"')).toMatchObject({
      config: { host: '$HOST' },
      secrets: { password: 'pw' },
    });
  });

  it('takes a raw “@” for the password’s, and none of it for the host', () => {
    const { config, secrets } = read('postgresql://u:p@s@s@h:1/d@b?sslmode=require');
    expect(config).toMatchObject({ host: 'h', port: 1, username: 'u', database: 'd@b' });
    expect(secrets).toEqual({ password: 'p@s@s' });
  });
});

describe('settings', () => {
  it.each([
    ['sslmode=verify-full sslrootcert=system', { tls: { mode: 'verify-full' } }],
    ['sslrootcert=/ca.pem', { tls: { caFile: '/ca.pem' } }],
    ['fallback_application_name=x', { options: { applicationName: 'x' } }],
    ['fallback_application_name=x application_name=y', { options: { applicationName: 'y' } }],
    ["options='-c default_transaction_read_only=on'", { options: { readOnly: 'guarded' } }],
    ["options='-c default_transaction_read_only=off'", {}],
    [
      "options='-c search_path=a\\\\ b,c -c TimeZone=UTC -c role=r'",
      { options: { searchPath: 'a b,c', timeZone: 'UTC', role: 'r' } },
    ],
    ['passfile=/x', { credential: { source: 'pgpass', passfile: '/x' } }],
    ['passfile=/x password=y', {}],
  ])('%s', (text, config) => {
    const { host: _h, port: _p, username: _u, database: _d, ...rest } = read(`host=/s ${text}`).config;
    expect(rest).toEqual(config);
  });
});

it('takes from a URI what other programs say of the session', () => {
  const text =
    'postgres://u@h/d?schema=a&sslmode=require&options=-c%20lock_timeout%3D1s&statement_timeout=5000';
  expect(read(text)).toMatchObject({
    config: { options: { searchPath: 'a', lockTimeoutMs: 1_000, statementTimeoutMs: 5_000 } },
    warnings: [],
  });
});

it('takes from a service what the text itself does not say', () => {
  const file = '[billing]\nhost=db.internal\nport=5433\nuser=app\npassword=secret\nsslmode=require\n';
  const services = new Map(
    serviceSections(file, 'pg_service.conf').map((each) => [each.name, each.settings]),
  );
  for (const text of [
    'service=billing user=me',
    'postgres://me@?service=billing',
    'PGSERVICE=billing psql -U me',
  ])
    expect(parseText(text, { osUser: 'x', services })).toMatchObject({
      config: { host: 'db.internal', port: 5433, username: 'me', database: 'me', tls: { mode: 'require' } },
      provenance: { host: 'host in [billing] of pg_service.conf' },
      secrets: { password: 'secret' },
      warnings: [],
    });
  expect(parseText('service=other', { osUser: 'x', services }).warnings.join()).toContain('not found');
});

describe('a JDBC URL', () => {
  it('is read as the driver for Java does', () => {
    const { config, secrets, warnings } = read(
      'jdbc:postgresql://h1:5433,h2/shop?user=app&password=a+b%26c&ssl=true&ApplicationName=x&currentSchema=s1,s2' +
        '&targetServerType=preferSecondary&connectTimeout=5&readOnly=true&prepareThreshold=0&nonsense=1',
    );
    expect(config).toEqual({
      host: 'h1:5433,h2:5432',
      port: 5432,
      database: 'shop',
      username: 'app',
      targetSessionAttrs: 'prefer-standby',
      tls: { mode: 'verify-full' },
      options: { applicationName: 'x', connectTimeoutSec: 5, searchPath: 's1,s2', readOnly: 'guarded' },
    });
    expect(secrets).toEqual({ password: 'a b&c' });
    expect(warnings.join('\n')).toContain('ssl=true verifies');
    expect(warnings.join('\n')).toContain('prepareThreshold');
    expect(warnings.join('\n')).toContain('nobody knows');
    expect(warnings.join('\n')).not.toContain('nonsense');
  });

  it.each([
    ['jdbc:postgresql:shop', { host: 'localhost', port: 5432, database: 'shop' }],
    ['jdbc:postgresql:/', { host: 'localhost', database: 'me' }],
    ['jdbc:postgresql://h/', { host: 'h', database: 'me' }],
    ['jdbc:postgresql://h', { host: 'h', database: 'me' }],
    ['jdbc:postgresql://h:1?user=u', { host: 'h', port: 1, username: 'u', database: 'u' }],
    ['jdbc:postgresql://[::1]:1/d', { host: '::1', port: 1, database: 'd' }],
    ['jdbc:postgresql://u:p@h/d', { host: 'h', username: 'u', database: 'd' }],
    ['jdbc:postgresql://h/d?sslmode=require&ssl=true', { tls: { mode: 'require' } }],
    ['jdbc:postgresql://h/d?ssl', { tls: { mode: 'verify-full' } }],
    [
      'jdbc:postgresql://h/d?ssl=true&sslfactory=org.postgresql.ssl.NonValidatingFactory',
      { tls: { mode: 'require' } },
    ],
  ])('%s', (text, config) => {
    expect(read(text).config).toMatchObject(config);
  });
});
