import { ConninfoError } from './settings.ts';

/** Schemes of what is no PostgreSQL; all others are not named, for nobody knows what they are. */
const others = new Map(
  Object.entries({
    mysql: 'MySQL',
    mysqlx: 'MySQL',
    mariadb: 'MariaDB',
    mongodb: 'MongoDB',
    redis: 'Redis',
    rediss: 'Redis',
    memcached: 'Memcached',
    sqlite: 'SQLite',
    sqlserver: 'SQL Server',
    mssql: 'SQL Server',
    oracle: 'Oracle',
    clickhouse: 'ClickHouse',
    cassandra: 'Cassandra',
    amqp: 'a message broker',
    amqps: 'a message broker',
    http: 'a web page',
    https: 'a web page',
    ftp: 'a file server',
    file: 'a file',
    ssh: 'an SSH server',
    ldap: 'a directory',
    ldaps: 'a directory',
  }),
);

/** Why an address of something else is not read: by the name of that where it is known. */
export function noPostgres(scheme: string): ConninfoError {
  const what = others.get(scheme.toLowerCase().replace(/\+.*$/, ''));
  return new ConninfoError(
    what === undefined
      ? 'This is an address of something else than PostgreSQL.'
      : `This is the address of ${what}. Hawser connects to PostgreSQL.`,
    'An address of PostgreSQL begins with postgresql:// or postgres://.',
  );
}
