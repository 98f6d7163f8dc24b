import type { StageReport } from '#shared/connection/testReport.ts';

const names: Record<string, string> = {
  resolve: 'Resolve',
  tcp: 'TCP',
  forward: 'Forward',
  tls: 'TLS',
  authenticate: 'Authenticate',
  database: 'Database',
  session: 'Session',
};

export const stageName = (stage: string): string =>
  names[stage] ?? stage.replace(/^ssh\[(\d+)\]$/, (_, hop: string) => `SSH ${Number(hop) + 1}`);

type Facts = Record<string, unknown>;

const text = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;

const joined = (...parts: (string | undefined | false)[]): string => parts.filter(Boolean).join(' · ');

const listed = (value: unknown): string =>
  Array.isArray(value) ? value.map(text).filter(Boolean).join(', ') : '';

/** What a stage found, in words. */
function stageText({ stage, status, facts = {}, error }: StageReport): string {
  if (status === 'failed') return error?.message ?? 'failed';
  const words = wordsOf[stage.replace(/\[\d+\]$/, '')]?.(facts) ?? '';
  if (words !== '') return words;
  return status === 'skipped' ? 'not reached' : 'done';
}

const wordsOf: Record<string, (facts: Facts) => string> = {
  resolve: ({ addresses }) => {
    const list = Array.isArray(addresses) ? addresses : [];
    return list.map(addressText).filter(Boolean).join(', ');
  },
  tcp: ({ address, port }) =>
    text(address) === undefined
      ? ''
      : `${joined(text(address))}${port === undefined ? '' : `:${text(port) ?? ''}`} answers`,
  ssh: ({ user, host, method, hostKey, notFollowed }) =>
    joined(
      text(host) && `${text(user) ?? ''}@${text(host) ?? ''} by ${text(method) ?? 'nothing'}`,
      text(hostKey),
      listed(notFollowed) && `of ~/.ssh/config not followed: ${listed(notFollowed)}`,
    ),
  forward: ({ via, host, port }) =>
    listed(via) && `${text(host) ?? ''}:${text(port) ?? ''} through ${listed(via)}`,
  tls: tlsWords,
  authenticate: ({ user }) => (text(user) === undefined ? '' : `as ${text(user) ?? ''}`),
  database: ({ database }) => (text(database) === undefined ? '' : `${text(database) ?? ''} opened`),
  session: (facts) =>
    joined(
      text(facts.serverVersion) && `PostgreSQL ${text(facts.serverVersion) ?? ''}`,
      facts.superuser === true && 'superuser',
      facts.inRecovery === true && 'standby',
      typeof facts.backendsUsed === 'number' &&
        `${facts.backendsUsed} of ${text(facts.backendsAllowed) ?? '?'} connections in use`,
    ),
};

function addressText(found: unknown): string {
  if (typeof found === 'object' && found !== null && 'address' in found) return text(found.address) ?? '';
  return text(found) ?? '';
}

const verifiedWords: Record<string, string> = {
  'name and chain': 'name and chain checked',
  chain: 'chain checked, name not',
  key: 'pinned key',
  no: 'certificate not checked',
};

function tlsWords(facts: Facts): string {
  if (facts.encrypted === false) return 'not encrypted';
  return joined(
    text(facts.version),
    text(facts.subject) && `certificate of ${text(facts.subject) ?? ''}`,
    verifiedWords[text(facts.verified) ?? ''],
  );
}

/**
 * Where what is not encrypted goes: nowhere, round in one computer only, over the network behind a tunnel, or over one where
 * everything can be read.
 * @param options `offered`: where it would go, were it not encrypted.
 */
export function plainText(
  stages: readonly StageReport[],
  { offered = false } = {},
): 'no' | 'here' | 'behind' | 'network' {
  const factsOf = (name: string) => stages.find(({ stage }) => stage === name)?.facts;
  if (!offered && factsOf('tls')?.encrypted !== false) return 'no';
  const forward = factsOf('forward');
  // Its last hop leads to the server, by a name that is looked up there.
  const end = text(forward ? forward.host : factsOf('tcp')?.address) ?? '';
  if (/^([/@]|127\.|::1$|::ffff:127\.|localhost$)/.test(end)) return 'here';
  return forward ? 'behind' : 'network';
}

/** What a stage found among the others: one of TLS that encrypted nothing says first where that can be read. */
export function stageLine(report: StageReport, stages: readonly StageReport[]): string {
  const plain = report.stage === 'tls' && !report.error ? plainWords(stages) : '';
  return joined(plain, stageText(report));
}

function plainWords(stages: readonly StageReport[]): string {
  const via = stages.find(({ stage }) => stage === 'forward')?.facts?.via;
  const last = Array.isArray(via) ? text(via.at(-1)) : undefined;
  const where = plainText(stages);
  if (where === 'behind') return `plain text on the network behind ${last ?? 'the tunnel'}`;
  return where === 'network' ? 'plain text on the network' : '';
}
