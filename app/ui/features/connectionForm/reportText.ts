import type { StageChange, TestReport } from '#shared/connection/testReport.ts';
import type { ErrorEnvelope } from '#shared/error/envelope.ts';
import { elapsed } from '../../lib/times.ts';
import { detailText } from '../../errors/report.ts';
import { stageLine, stageName } from './stageWords.ts';

const words: Record<StageChange['what'], (change: StageChange) => string> = {
  target: ({ before, after }) => `The definition led to ${before} then, it leads to ${after} now.`,
  address: ({ before, after }) => `The address changed: ${before} then, ${after} now.`,
  hostKey: ({ before, after }) => `The SSH host key changed: ${before} then, ${after} now.`,
  encryption: ({ before, after }) => `It was ${before} then, it is ${after} now.`,
  certificate: ({ before, after }) => `The certificate changed: ${before} then, ${after} now.`,
  server: ({ before, after }) => `Another server answers: system identifier ${before} then, ${after} now.`,
  version: ({ before, after }) => `The server's version changed: ${before} then, ${after} now.`,
  role: ({ before, after }) => `The server was ${role(before)} then, it is ${role(after)} now.`,
  time: ({ stage, before, after }) => `${stageName(stage)} took ${before} then, ${after} now.`,
};

const role = (name: string): string => (name === 'standby' ? 'a standby, in recovery' : 'the primary');

export const changeText = (change: StageChange): string => words[change.what](change);

/** The detail without the certificates as such: their facts stand there, too. */
export function readableDetail({ detail }: Pick<ErrorEnvelope, 'detail'>): ErrorEnvelope['detail'] {
  if (typeof detail !== 'object') return detail;
  const { trust: _, ...others } = detail;
  return others;
}

export interface ReportSubject {
  name: string;
  /** Where it leads and as whom, in one line. */
  target: string;
  now: number;
}

/** The whole test as Markdown that reads as plain text, too, for whoever runs the server. Holds no secret. */
export function reportText({ name, target, now }: ReportSubject, report: TestReport): string {
  const { error, last } = report;
  return [
    `## Connection test of ${name}: ${report.ok ? 'it works' : `failed at ${stageName(error?.stage ?? '')}`}`,
    '',
    `- Target: ${target}`,
    ...(report.serverVersion === undefined ? [] : [`- Server: PostgreSQL ${report.serverVersion}`]),
    `- Tested: ${new Date(now).toISOString()}, ${elapsed(report.latencyMs)}, by ${report.testedBy}`,
    '',
    ...report.stages.map(
      (stage) =>
        `- ${stageName(stage.stage)}: ${stage.status}${stage.status === 'skipped' ? '' : `, ${elapsed(stage.ms)}`}, ${stageLine(stage, report.stages)}`,
    ),
    ...(error ? ['', ...errorLines(error)] : []),
    ...(last ? ['', `Last worked: ${new Date(last.at).toISOString()}`, ...changeLines(last.changes)] : []),
    '',
  ].join('\n');
}

function errorLines(error: ErrorEnvelope): string[] {
  const code = [error.code, error.reason, error.sqlstate && `SQLSTATE ${error.sqlstate}`].filter(Boolean);
  const detail = detailText(readableDetail(error));
  return [
    `${error.message} (${code.join(', ')})`,
    ...(error.hint ? [error.hint] : []),
    ...(detail === '' ? [] : ['', '```', detail, '```']),
  ];
}

const changeLines = (changes: readonly StageChange[]): string[] =>
  changes.length === 0
    ? ['- Nothing that was reached is different.']
    : changes.map((change) => `- ${changeText(change)}`);
