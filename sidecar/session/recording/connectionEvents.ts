import { connectionStatuses, type StatusReport } from '#shared/connection/status.ts';
import type { TestReport } from '#shared/connection/testReport.ts';
import type { ConnectionStatusEvent } from '../../connection/connections.ts';
import type { Payload } from '../../diagnostics/payload.ts';
import { briefError } from './briefError.ts';
import type { RecordingDeps } from './recording.ts';

const isLive = (status: string): boolean => status === 'connected' || status === 'degraded';

/** The life of connections, tests of them, and what was asked on their behalf; answers are never seen here. */
export function recordConnections(deps: RecordingDeps): void {
  const { connections, events } = deps;
  const count = statusMetrics(deps);
  connections.events.on((event) => {
    count(event);
    const { connectionId, report, previous } = event;
    events.record({
      type: 'connection',
      event: report.status === previous && report.status === 'connected' ? 'informed' : report.status,
      connectionId,
      ...sameness(report),
      payload: statusPayload(event),
    });
  });
  connections.tested.on(({ connectionId, report }) =>
    events.record({
      type: 'connection',
      event: 'tested',
      source: 'user',
      connectionId,
      payload: testPayload(report),
    }),
  );
  recordPrompts(deps);
  recordDefinitions(deps);
}

/** A beat that stays out, and attempts that fail for the same reason, are one event that goes on. */
function sameness({ status, error, nextRetryAt }: StatusReport): { sameAs?: string } {
  if (status === 'degraded') return { sameAs: '' };
  if (status !== 'reconnecting') return {};
  return { sameAs: `${nextRetryAt === undefined ? 'trying' : 'waiting'} ${error?.code}` };
}

function statusPayload({ report, previous, at }: ConnectionStatusEvent): Payload {
  const { attempt, nextRetryAt, sinceAt, responseMs, stopped, activity, error, info } = report;
  return {
    previous,
    attempt,
    ...(nextRetryAt === undefined ? {} : { nextRetryInMs: Math.max(0, nextRetryAt - at) }),
    sinceAt,
    responseMs,
    stopped,
    activity,
    ...briefError(error),
    // The certificate's names are left out: they are long, and some name servers that nobody asked about.
    ...(info && report.status === 'connected' ? { info: { ...info, tls: info.tls?.version } } : {}),
  };
}

const testPayload = ({ ok, latencyMs, serverVersion, error, stages, last }: TestReport): Payload => ({
  ok,
  latencyMs: Math.round(latencyMs),
  serverVersion,
  ...briefError(error),
  stages: stages.map(({ stage, status, ms, error: failed }) => ({
    stage,
    status,
    ms: Math.round(ms),
    ...(failed && { code: failed.code }),
  })),
  changes: last?.changes.map(({ what, before, after }) => ({ what, before, after })),
});

function statusMetrics({
  connections,
  metrics,
  clock,
}: RecordingDeps): (event: ConnectionStatusEvent) => void {
  const reconnects = metrics.counter('hawser_reconnects_total', 'Connections that came back by themselves.');
  const losses = metrics.counter('hawser_connection_losses_total', 'Connections that were lost.');
  const failures = metrics.counter('hawser_connect_failures_total', 'Attempts that failed, by code.', {
    labelled: true,
  });
  const connects = metrics.histogram('hawser_connect_seconds', 'How long connecting took.');
  metrics.gauge('hawser_connections', 'Connections by status.', () => {
    const rows = connections.rows();
    return connectionStatuses.map((status) => ({
      labels: { status },
      value: rows.filter((row) => row.status === status).length,
    }));
  });
  const begun = new Map<string, number>();
  return ({ connectionId, report: { status, error, nextRetryAt }, previous }) => {
    if (status === 'connecting' && previous !== 'connecting') begun.set(connectionId, clock.monotonic());
    const from = begun.get(connectionId);
    if (status !== 'connecting') begun.delete(connectionId);
    if (status === 'connected' && from !== undefined) connects.observe((clock.monotonic() - from) / 1_000);
    if (status === 'connected' && previous === 'reconnecting') reconnects.add();
    if (isLive(previous) && (status === 'reconnecting' || status === 'error')) losses.add();
    else if (status === 'error' || (status === 'reconnecting' && nextRetryAt !== undefined))
      failures.add(1, { code: error?.code ?? '' });
  };
}

function recordPrompts({ prompts, events, metrics }: RecordingDeps): void {
  const asked = metrics.counter('hawser_prompts_total', 'Questions to the user.', { labelled: true });
  const open = new Map<string, { connectionId: string; kind: string }>();
  prompts.events.on((event) => {
    if (event.kind === 'settled') {
      const { connectionId, kind } = open.get(event.promptId) ?? {};
      open.delete(event.promptId);
      return events.record({ type: 'connection', event: 'promptSettled', connectionId, payload: { kind } });
    }
    const { promptId, connectionId, kind, hop, remember } = event.prompt;
    // Asked already: it can be kept in one more place.
    if (open.has(promptId)) return;
    open.set(promptId, { connectionId, kind });
    asked.add(1, { kind });
    events.record({ type: 'connection', event: 'prompted', connectionId, payload: { kind, hop, remember } });
  });
}

function recordDefinitions({ profiles, events }: RecordingDeps): void {
  profiles.events.on((event) => {
    if (event.kind !== 'connection' || (event.config && !event.stale)) return;
    events.record({
      type: 'connection',
      event: event.config ? 'secretsDropped' : 'deleted',
      source: 'user',
      connectionId: event.id,
      payload: event.stale ? { places: event.stale.map(placeOf) } : {},
    });
  });
}

/** `ssh:<id of the hop>` is of no use to a reader. */
const placeOf = (name: string): string => name.split(':')[0] ?? name;
