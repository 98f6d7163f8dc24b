import type { ConnectionConfig } from '#shared/connection/config.ts';
import type { ConnectionInfo, ConnectionRow, PlainReason, TlsSession } from '#shared/connection/status.ts';
import { errorTitle } from '../../errors/titles.ts';
import { modeWords, roleWords } from '../../lib/readOnlyWords.ts';
import { ago, exactTime } from '../../lib/times.ts';

/** One line of what is known of a connection. */
export interface DetailFact {
  readonly label: string;
  readonly value: string;
  /** What stands under it, a line each. */
  readonly notes?: readonly string[];
  readonly title?: string;
  /** Something that the user should not overlook. */
  readonly warns?: boolean;
}

/** Where a password comes from, in words that fit behind “Password”. */
function passwordWords({ credential: { source, command }, mode }: ConnectionConfig): string {
  if (mode === 'embedded') return 'made by Hawser, known to it alone';
  const words: Record<typeof source, string> = {
    keychain: 'from the keychain of this computer',
    session: 'kept until Hawser ends, never on disk',
    prompt: 'asked for at each connect',
    pgpass: 'from the file .pgpass',
    command: `from the command ${command?.[0] ?? ''}`.trim(),
    none: 'none is sent',
  };
  return words[source];
}

const checkedWords: Record<TlsSession['verified'], string> = {
  'name and chain': 'The certificate is the server’s own: its name and its issuer were checked.',
  chain: 'The issuer of the certificate was checked, the name in it was not.',
  key: 'The key is the pinned one; nothing else of the certificate was checked.',
  no: 'The certificate was not checked: whoever stands in between could read along.',
};

const plainWords: Record<PlainReason, string> = {
  notOffered: 'The server offers no encryption.',
  handshakeFailed: 'No encryption could be agreed with the server.',
  refusedEncrypted: 'The server does not take this login encrypted.',
};

/** The embedded server, a socket, or an address that leads nowhere else. */
const isLocal = ({ mode, host }: ConnectionConfig, reached: ConnectionInfo['reached']): boolean =>
  mode === 'embedded' || /^(?:[/@]|127\.|::1$|::ffff:127\.)/u.test(reached?.address ?? host);

/** A plain connection, and why nothing else was to be had. */
function plainFact(config: ConnectionConfig, { reached, plainBecause }: ConnectionInfo): DetailFact {
  const label = 'Encryption';
  const why = plainBecause ? [plainWords[plainBecause]] : [];
  if (config.ssh?.enabled) {
    const value = 'By SSH up to the last hop';
    return /^(?:[/@]|127\.|::1$|localhost$)/u.test(config.host)
      ? { label, value, notes: ['The server runs there, so nothing goes over a network in plain text.'] }
      : { label, value, warns: true, notes: [...why, 'Plain text on the network behind it.'] };
  }
  return isLocal(config, reached)
    ? { label, value: 'None; it does not leave this computer' }
    : { label, value: 'Not encrypted', warns: true, notes: [...why, 'Everything can be read on the way.'] };
}

/** How a live connection is encrypted. */
function encryptionFact(config: ConnectionConfig, info: ConnectionInfo): DetailFact {
  const { encrypted, tls } = info;
  if (!encrypted) return plainFact(config, info);
  const label = 'Encryption';
  if (!tls) return { label, value: 'TLS' };
  return {
    label,
    value: `${tls.version.replace(/^TLSv/u, 'TLS ')}, ${tls.cipher}`,
    warns: tls.verified === 'no',
    notes: [checkedWords[tls.verified], `Issued by ${tls.issuer}`, `Valid until ${exactTime(tls.validToAt)}`],
  };
}

/** The hops that lie between, in their order. */
const hopsOf = ({ ssh }: ConnectionConfig): string[] =>
  ssh?.enabled ? ssh.hops.map(({ username, host, port }) => `${username}@${host}:${port}`) : [];

function wayFacts(config: ConnectionConfig, info: ConnectionInfo | undefined): DetailFact[] {
  if (config.mode === 'embedded') return [{ label: 'Address', value: 'Built-in server' }];
  const hops = hopsOf(config);
  const { reached } = info ?? {};
  const several = config.host.includes(',');
  const named = several ? config.host : `${config.host}:${config.port}`;
  const place = reached && `${several ? reached.host : reached.address}:${reached.port}`;
  return [
    {
      label: 'Address',
      value: named,
      ...(place && place !== named ? { notes: [`reached at ${place}`] } : {}),
    },
    ...(hops.length > 0 ? [{ label: 'Through', value: hops.join(' → '), title: 'SSH' }] : []),
  ];
}

function writingFact(info: ConnectionInfo): DetailFact {
  const { word, limits } = modeWords[info.readOnly];
  const proof = 'Proven: at the login the server refused a write that was tried.';
  return {
    label: 'Writing',
    value: word,
    ...(info.readOnly === 'off' ? {} : { notes: [proof, limits] }),
  };
}

function roleFact(info: ConnectionInfo): DetailFact[] {
  const role = roleWords(info);
  if (!role) return [];
  // A superuser can do all the rest as well.
  const isSuperuser = info.rolePowers?.includes('superuser');
  return [{ label: 'Role', value: role.text, notes: isSuperuser ? role.powers.slice(0, 1) : role.powers }];
}

/** What the server has told of itself; nothing where it is not connected. */
function liveFacts(config: ConnectionConfig, info: ConnectionInfo): DetailFact[] {
  const [, version = info.serverVersion] = /^(?:PostgreSQL )?(\d[\d.]*)/u.exec(info.serverVersion) ?? [];
  return [
    {
      label: 'Server',
      value: `PostgreSQL ${version}${info.inRecovery ? ', a standby' : ''}`,
      title: info.serverVersion,
      ...(info.pooled ? { notes: ['A pooler stands in between.'] } : {}),
    },
    encryptionFact(config, info),
    writingFact(info),
    ...roleFact(info),
  ];
}

/** All that is known of a connection, what matters first. */
export function detailFacts({ config, info, error }: ConnectionRow, now: number): DetailFact[] {
  const { lastConnectedAt } = config;
  const failure = error ?? (info ? undefined : config.lastError);
  const time = (label: string, at: number | undefined): DetailFact[] =>
    at === undefined ? [] : [{ label, value: ago(at, now), title: exactTime(at) }];
  return [
    ...(info ? time('Connected', info.connectedAt) : time('Last connected', lastConnectedAt)),
    ...wayFacts(config, info),
    { label: 'Database', value: info?.currentDatabase ?? config.database },
    { label: 'User', value: info?.currentUser ?? config.username },
    { label: 'Password', value: passwordWords(config) },
    ...(info ? liveFacts(config, info) : []),
    ...(failure
      ? [{ label: 'Last error', value: errorTitle(failure), notes: [failure.message], warns: true }]
      : []),
  ];
}
