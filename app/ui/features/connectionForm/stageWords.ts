import type { StageReport, TestReport } from '#shared/connection/testReport.ts';
import type { ErrorEnvelope } from '#shared/error/envelope.ts';
import { elapsed } from '../../lib/times.ts';
import type { FormTab } from './fieldPaths.ts';

/** The stages of a test without SSH, in their order; what has not been reported yet is shown as to come. */
export const stageOrder = ['resolve', 'tcp', 'tls', 'authenticate', 'database', 'session'] as const;

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

/** What a stage found, in words. */
export function stageText({ stage, status, facts = {}, error }: StageReport): string {
  if (status === 'failed') return error?.message ?? 'failed';
  const words = wordsOf[stage]?.(facts) ?? '';
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

/** Where what is not encrypted goes: nowhere, round in this computer only, or over a network where it can be read. */
export function plainText(stages: readonly StageReport[]): 'no' | 'here' | 'network' {
  if (stages.find(({ stage }) => stage === 'tls')?.facts?.encrypted !== false) return 'no';
  const address = text(stages.find(({ stage }) => stage === 'tcp')?.facts?.address) ?? '';
  return /^([/@]|127\.|::1$|::ffff:127\.)/.test(address) ? 'here' : 'network';
}

/** Where in the form an action of an error is done: a tab, and the label of a field in it. */
export interface FixingPlace {
  readonly tab: FormTab;
  readonly label?: string;
}

/** Undefined where nothing in the form helps. */
export function fixingPlace({ stage, code }: ErrorEnvelope, action: string): FixingPlace | undefined {
  if (action === 'enterPassword') return { tab: 'general', label: 'Password' };
  if (action === 'chooseDatabase') return { tab: 'general', label: 'Database' };
  if (action === 'enableTls') return { tab: 'tls' };
  if (action !== 'edit') return undefined;
  if (code === 'STARTUP_PARAMETER') return { tab: 'options' };
  return { tab: stage === 'tls' ? 'tls' : 'general' };
}

/** The whole test as text, to send to whoever runs the server. Holds no secret. */
export function testReportText(name: string, report: TestReport): string {
  const lines = report.stages.map(
    (stage) => `${stageName(stage.stage)}: ${stage.status}, ${elapsed(stage.ms)}, ${stageText(stage)}`,
  );
  const error = report.error && [`${report.error.code}: ${report.error.message}`];
  return [`Connection test of ${name}`, ...lines, ...(error ?? [])].join('\n');
}
