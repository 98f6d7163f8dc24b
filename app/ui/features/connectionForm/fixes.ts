import type { HostKeyFacts } from '#shared/connection/hostKey.ts';
import type { TestReport } from '#shared/connection/testReport.ts';
import { defaultTlsMode } from '#shared/connection/validate.ts';
import type { ErrorEnvelope } from '#shared/error/envelope.ts';
import { fieldAt } from './fieldPaths.ts';
import { takesPassword } from './formSecrets.ts';
import type { FormValues } from './formValues.ts';
import { grantText, hostRuleText } from './adminWords.ts';
import { fieldPlace, fixingPlace, type FixingPlace } from './fixingPlace.ts';
import { plainText } from './stageWords.ts';

/** What one button does about a stage that failed. All but `go` and `copy` test again. */
export type Fix =
  | { kind: 'retry'; label: string }
  | { kind: 'change'; label: string; values: Partial<FormValues> }
  | { kind: 'choose'; label: string; options: { label: string; values: Partial<FormValues> }[] }
  | { kind: 'trustCertificate'; label: string; pem: string }
  | { kind: 'trustHostKey'; hop: string; fingerprint: string }
  | { kind: 'password' }
  | { kind: 'go'; label: string; place: FixingPlace }
  | { kind: 'copy'; label: string; text: string };

interface Context {
  error: ErrorEnvelope;
  report: TestReport;
  values: FormValues;
}

type Finder = (context: Context) => Fix | undefined;

const again = (label = 'Test again'): Fix => ({ kind: 'retry', label });
const go = (label: string, place: FixingPlace): Fix => ({ kind: 'go', label, place });
const toPort = go('Edit the port', { tab: 'general', label: 'Port' });
const toTls = go('Edit the TLS settings', { tab: 'tls', label: 'TLS mode' });

/** What a hop wants, by the label of its field. */
const hopFields: Partial<Record<ErrorEnvelope['code'], [label: string, words: string]>> = {
  CREDENTIAL_REQUIRED: ['Password', 'Enter the SSH password'],
  SSH_PASSPHRASE_REQUIRED: ['Passphrase', 'Enter the passphrase'],
  SSH_PASSPHRASE_WRONG: ['Passphrase', 'Enter the passphrase'],
  SSH_KEY_FORMAT: ['Key file', 'Choose another key'],
  SSH_AGENT_UNAVAILABLE: ['Log in by', 'Log in otherwise'],
};

/** What is wrong decides; an error that is not among these is helped by what it names itself. */
const byCode: Partial<Record<ErrorEnvelope['code'], Finder>> = {
  DNS_NOT_FOUND: (context) =>
    workedHere(context) ? again() : go('Edit the host', { tab: 'general', label: 'Host' }),
  CONNECTION_REFUSED: (context) => otherPlace(context) ?? (workedHere(context) ? again() : toPort),
  SOCKET_NOT_FOUND: (context) => otherPlace(context),
  SOCKET_DENIED: (context) => otherPlace(context),
  NOT_POSTGRES: () => toPort,
  TLS_NOT_SUPPORTED: withoutTls,
  TLS_CERT_INVALID: certificate,
  TLS_CLIENT_KEY: ({ error }) =>
    error.reason?.startsWith('passphrase')
      ? go('Enter the passphrase', { tab: 'tls', label: 'Passphrase of the key' })
      : go('Choose the key', { tab: 'tls', label: 'Client key' }),
  TLS_CLIENT_CERT_REQUIRED: () =>
    go('Choose a client certificate', { tab: 'tls', label: 'Client certificate' }),
  AUTH_NEEDS_TLS: ({ values }) => ({
    kind: 'change',
    label: 'Turn TLS on',
    values: { tlsMode: defaultTlsMode(values.host) === 'prefer' ? 'require' : 'verify-full' },
  }),
  AUTH_FAILED: password,
  CREDENTIAL_REQUIRED: password,
  AUTH_REJECTED: ({ error, values }) => ({
    kind: 'copy',
    label: 'Copy a line for pg_hba.conf',
    text: hostRuleText(error, values),
  }),
  PERMISSION_DENIED: (context) =>
    context.error.stage === 'database' && context.error.sqlstate === '42501'
      ? { kind: 'copy', label: 'Copy the GRANT', text: grantText(context.values) }
      : undefined,
  STARTUP_PARAMETER: clearedSetting,
  SSH_HOST_KEY_UNKNOWN: hostKey,
  // Both keys stand there; what is to be done is done by hand, after asking.
  SSH_HOST_KEY_CHANGED: () => undefined,
};

/** One button, the one that helps most; undefined where nothing here does. */
export function fixOf(error: ErrorEnvelope, report: TestReport, values: FormValues): Fix | undefined {
  const context = { error, report, values };
  const found = byCode[error.code];
  const own = found?.(context) ?? (error.stage === 'database' ? otherDatabase(context) : undefined);
  if (own || error.code === 'SSH_HOST_KEY_CHANGED') return own;
  return fieldOfIssue(error) ?? namedFix(error);
}

function namedFix(error: ErrorEnvelope): Fix | undefined {
  if (error.stage?.startsWith('ssh') && error.code !== 'TIMEOUT') return toHop(error);
  const ids = error.actions.map(({ id }) => id);
  if (ids.includes('retry')) return again();
  const place = fixingPlace(error);
  return ids.includes('edit') ? go(`Edit ${place.words}`, place) : undefined;
}

/** It led to the same place when it last worked: then the fields are not what is wrong. */
const workedHere = ({ report: { last } }: Context): boolean =>
  last !== undefined && !last.changes.some(({ what }) => what === 'target');

/** The setting at fault stands in a field. */
function fieldOfIssue({ issues = [] }: ErrorEnvelope): Fix | undefined {
  const place = fieldPlace(issues[0]?.path ?? '');
  return place && go(`Edit ${place.words}`, place);
}

function otherPlace({ report }: Context): Fix | undefined {
  const options = (report.places ?? []).map(({ host, port }) => ({
    label: host.startsWith('/') ? `socket ${host}, port ${port}` : `${host}:${port}`,
    values: { host, port: String(port) },
  }));
  return oneOf(options, 'Use', 'Use a server that answers here');
}

function otherDatabase({ report }: Context): Fix | undefined {
  const options = (report.databases ?? []).map((database) => ({ label: database, values: { database } }));
  return oneOf(options, 'Use the database', 'Choose a database');
}

function oneOf(
  options: { label: string; values: Partial<FormValues> }[],
  useWords: string,
  chooseWords: string,
): Fix | undefined {
  const [only] = options;
  if (options.length > 1) return { kind: 'choose', label: chooseWords, options };
  return only && { kind: 'change', label: `${useWords} ${only.label}`, values: only.values };
}

/** In plain text only where nobody can listen; else that is for the user to choose, with the words of the modes. */
function withoutTls({ report, values }: Context): Fix {
  const isHere = plainText(report.stages, { offered: true }) === 'here';
  return isHere || values.sshEnabled
    ? { kind: 'change', label: 'Connect without TLS', values: { tlsMode: 'disable' } }
    : toTls;
}

function certificate({ error, values }: Context): Fix | undefined {
  const { reason, detail } = error;
  if (typeof detail !== 'object') return toTls;
  const { trust, spkiSha256, names } = detail as {
    trust?: { pem?: string };
    spkiSha256?: string;
    names?: string;
  };
  if (reason === 'not_yet_valid') return again();
  if (reason === 'hostname_mismatch') return otherName(names, values);
  if ((reason === 'self_signed' || reason === 'unknown_ca') && trust?.pem !== undefined) {
    const label = reason === 'self_signed' ? 'Trust this certificate' : 'Trust this CA';
    return { kind: 'trustCertificate', label, pem: trust.pem };
  }
  const canPin = reason === 'expired' || reason === 'chain_incomplete';
  if (!canPin || spkiSha256 === undefined) return toTls;
  // Then the key is what is checked, and a CA file would be asked about the rest again.
  const pinned = { tlsMode: 'require' as const, pinnedSpkiSha256: spkiSha256, caFile: '' };
  return { kind: 'change', label: 'Pin this key', values: pinned };
}

/** One of the names that the certificate is for. */
function otherName(names = '', { serverName }: FormValues): Fix {
  const found = [...names.matchAll(/(?:DNS|IP Address):([^,\s]+)/g)].map(([, name = '']) => name);
  const usable = found.filter((name) => !name.includes('*') && name !== serverName);
  const options = usable.map((name) => ({ label: name, values: { serverName: name } }));
  return (
    oneOf(options, 'Expect the name', 'Choose the name to expect') ??
    go('Edit the server name', { tab: 'tls', label: 'Server name' })
  );
}

function password({ error, values }: Context): Fix {
  if (error.stage?.startsWith('ssh')) return toHop(error);
  if (takesPassword(values.source)) return { kind: 'password' };
  return go('Edit where the password comes from', { tab: 'general', label: 'Password from' });
}

/** The field of the hop that it is about. */
function toHop({ code, stage }: ErrorEnvelope): Fix {
  const [label, words] = hopFields[code] ?? ['SSH host', 'Edit the SSH settings'];
  return go(words, { tab: 'ssh', label, hop: Number(/\d+/.exec(stage ?? '')?.[0] ?? 0) });
}

function clearedSetting({ error }: Context): Fix | undefined {
  const path = error.issues?.[0]?.path ?? '';
  const field = fieldAt(path);
  const place = fieldPlace(path);
  if (field === undefined || place === undefined || field === 'readOnly') return undefined;
  return { kind: 'change', label: `Clear ${place.words}`, values: { [field]: '' } };
}

function hostKey({ error }: Context): Fix | undefined {
  const { hop, fingerprint } = (
    typeof error.detail === 'object' ? error.detail : {}
  ) as Partial<HostKeyFacts>;
  return hop === undefined || fingerprint === undefined
    ? undefined
    : { kind: 'trustHostKey', hop, fingerprint };
}
