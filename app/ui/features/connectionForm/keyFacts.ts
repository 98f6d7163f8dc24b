import type { HostKeyFacts } from '#shared/connection/hostKey.ts';
import type { ErrorEnvelope } from '#shared/error/envelope.ts';

type Rows = (readonly [name: string, value: string])[];

const day = (at: unknown): string | undefined =>
  typeof at === 'number' && Number.isFinite(at)
    ? new Date(at).toLocaleDateString(undefined, { day: 'numeric', month: 'long', year: 'numeric' })
    : undefined;

/** What is to be looked at before a certificate or a host key is trusted: the facts of it, a line each. */
export function keyFacts({ code, detail }: Pick<ErrorEnvelope, 'code' | 'detail'>): Rows {
  if (typeof detail !== 'object') return [];
  if (code === 'TLS_CERT_INVALID') return certificateRows(detail);
  return code.startsWith('SSH_HOST_KEY') ? hostKeyRows(detail) : [];
}

function certificateRows(facts: Record<string, unknown>): Rows {
  const [from, to] = [day(facts.validFromAt), day(facts.validToAt)];
  return told([
    ['Certificate of', facts.subject],
    ['For', typeof facts.names === 'string' && facts.names.replace(/\b(?:DNS|IP Address):/g, '')],
    ['Signed by', facts.issuer === facts.subject ? 'itself' : facts.issuer],
    ['Valid', from && to && `${from} to ${to}`],
    ['SHA-256', facts.fingerprintSha256],
    ['Key (SPKI)', facts.spkiSha256],
    ['Pinned', facts.pinnedSpkiSha256],
  ]);
}

function hostKeyRows({ host, port, algorithm, fingerprint, known = [] }: Partial<HostKeyFacts>): Rows {
  return told([
    ['Host', host && `${host}:${String(port)}`],
    [known.length > 0 ? 'Shown now' : 'Key', fingerprint && `${algorithm ?? ''} ${fingerprint}`],
    ...known.map(
      (key) => ['Known', `${key.algorithm} ${key.fingerprint} (${key.file}:${key.line})`] as const,
    ),
  ]);
}

const told = (rows: (readonly [string, unknown])[]): Rows =>
  rows.flatMap(([name, value]) =>
    typeof value === 'string' && value !== '' ? [[name, value] as const] : [],
  );
