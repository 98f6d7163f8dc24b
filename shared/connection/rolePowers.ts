/** Ways of a role to change something, each known to the server by itself. */
export const rolePowers = [
  'superuser',
  'owner',
  'createsRoles',
  'createsDatabases',
  'bypassesRowSecurity',
  'replication',
  'writesTables',
  'createsObjects',
  'writesServerFiles',
  'runsServerPrograms',
  'signalsBackends',
] as const;
export type RolePower = (typeof rolePowers)[number];
