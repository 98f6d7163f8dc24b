import type { LastGood, StageChange, StageReport } from '#shared/connection/testReport.ts';

type Facts = Record<string, unknown>;

interface Pair {
  stage: string;
  before: Facts;
  now: Facts;
}

/** A stage is told as slower where it takes so many times as long as when it worked, and not only by a hair. */
const slower = { times: 5, leastMs: 500 };

/**
 * What a test found otherwise than it was when the connection last worked. A stage that failed tells by its error what it
 * was shown; one that was not reached tells nothing.
 */
export function changesSince(last: LastGood, target: string, reports: readonly StageReport[]): StageChange[] {
  const pairs = last.stages.flatMap((before): Pair[] => {
    const report = reports.find(({ stage, status }) => stage === before.stage && status !== 'skipped');
    return report ? [{ stage: before.stage, before: before.facts, now: factsOf(report) }] : [];
  });
  if (target !== last.target)
    return [
      { what: 'target', stage: 'resolve', before: last.target, after: target },
      ...pairs.flatMap(serverChanges),
    ];
  return [...addressChange(last, reports), ...pairs.flatMap(stageChanges), ...timeChanges(last, reports)];
}

const factsOf = ({ facts, error }: StageReport): Facts => {
  const shown = typeof error?.detail === 'object' ? error.detail : {};
  return { ...shown, ...facts };
};

/** The address of before is not among those that the name leads to now. */
function addressChange(last: LastGood, reports: readonly StageReport[]): StageChange[] {
  const before = last.stages.find(({ stage }) => stage === 'tcp')?.facts.address;
  const now = reports.find(({ stage }) => stage === 'resolve')?.facts?.addresses;
  if (typeof before !== 'string' || !Array.isArray(now) || now.length === 0 || now.includes(before))
    return [];
  return [{ what: 'address', stage: 'resolve', before, after: now.map(String).join(', ') }];
}

function stageChanges(pair: Pair): StageChange[] {
  if (pair.stage.startsWith('ssh')) {
    // A key that is refused stands in the error.
    const { hostKey = pair.now.fingerprint } = pair.now;
    return changed({ ...pair, now: { hostKey } }, 'hostKey', 'hostKey');
  }
  if (pair.stage === 'tls')
    return [
      ...changed(pair, 'encryption', 'encrypted', (value) =>
        value === true ? 'encrypted' : 'not encrypted',
      ),
      ...changed(pair, 'certificate', 'fingerprintSha256'),
    ];
  return serverChanges(pair);
}

const serverChanges = (pair: Pair): StageChange[] =>
  pair.stage !== 'session'
    ? []
    : [
        ...changed(pair, 'server', 'systemIdentifier'),
        ...changed(pair, 'version', 'serverVersion'),
        ...changed(pair, 'role', 'inRecovery', (value) => (value === true ? 'standby' : 'primary')),
      ];

/** Only what both times told can have changed. */
function changed(
  { stage, before, now }: Pair,
  what: StageChange['what'],
  name: string,
  words: (value: unknown) => string = String,
): StageChange[] {
  const [old, found] = [before[name], now[name]];
  if (old === undefined || found === undefined || old === found) return [];
  return [{ what, stage, before: words(old), after: words(found) }];
}

const timeChanges = (last: LastGood, reports: readonly StageReport[]): StageChange[] =>
  last.stages.flatMap(({ stage, ms }): StageChange[] => {
    const now = reports.find((report) => report.stage === stage && report.status === 'ok')?.ms ?? 0;
    const isSlower = ms > 0 && now > ms * slower.times && now > slower.leastMs;
    return isSlower
      ? [{ what: 'time', stage, before: `${Math.round(ms)} ms`, after: `${Math.round(now)} ms` }]
      : [];
  });
