import type { ConnectionConfig } from '#shared/connection/config.ts';
import type { HostKeyTrust } from '#shared/connection/hostKey.ts';
import { stagesOver, type StageReport, type TestReport } from '#shared/connection/testReport.ts';
import { AppError } from '#shared/error/appError.ts';
import type { LoginSecrets } from '../credentials/loginSecrets.ts';
import { classify } from '../postgres/linkErrors.ts';
import { usersSettings } from '../postgres/startup.ts';
import { login, settingsOf, type LoginRequest } from './login.ts';
import { isPooled, refuseStartupSql, requireTaken } from './poolers.ts';
import { Route } from './route.ts';
import { readServerFacts, type ServerFacts } from './serverFacts.ts';
import { since, Stages } from './stages.ts';

/** What is tested; the embedded server must be started before its address is known. */
interface Tested {
  config: ConnectionConfig;
  secrets: LoginSecrets;
  trust?: HostKeyTrust;
}

/**
 * Tries a connection stage by stage and reports each as it ends. Opens one backend, leaves nothing behind. A failure is a
 * report with `ok: false`; it rejects only where the caller gave up.
 */
export async function testConnection(
  target: string,
  prepare: () => Promise<Tested>,
  { signal, onStage }: { signal: AbortSignal; onStage: (report: StageReport) => void },
): Promise<TestReport> {
  const stages = new Stages(target, onStage);
  const from = performance.now();
  let route: Route | undefined;
  let config: ConnectionConfig | undefined;
  try {
    const tested = await prepare().catch((error: unknown) => stages.fail('resolve', since(from), error));
    ({ config } = tested);
    route = new Route(tested);
    const request = { ...tested, route, database: config.database, settings: settingsOf(config) };
    const facts = await tryAll(request, stages, signal);
    const { serverVersion } = facts.info;
    return {
      ok: true,
      stages: inOrder(stages.reports),
      latencyMs: since(from),
      serverVersion,
      startedAt: facts.startedAt,
    };
  } catch (error) {
    if (signal.aborted) throw new AppError('CANCELLED', 'The test was stopped.');
    const failure = classify(error, target);
    for (const stage of config ? notReached(stages.reports, config) : [])
      stages.record({ stage, status: 'skipped', ms: 0 });
    return {
      ok: false,
      stages: inOrder(stages.reports),
      latencyMs: since(from),
      error: failure.toEnvelope(),
    };
  } finally {
    await route?.close();
  }
}

async function tryAll(request: LoginRequest, stages: Stages, signal: AbortSignal): Promise<ServerFacts> {
  const { backend, facts: tls } = await login(request, new Set(), stages, signal);
  const stop = () => backend.destroy(classify(signal.reason, backend.target));
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await stages.run('session', async () => {
      const { startupSql } = request.config.options;
      const pooled = await isPooled(backend);
      if (pooled) {
        refuseStartupSql(request.config);
        await requireTaken(backend, usersSettings(request.settings));
      }
      if (startupSql) await backend.query(startupSql);
      const facts = await readServerFacts(backend);
      const { info, superuser, startedAt, backendsUsed, backendsAllowed } = facts;
      return {
        value: facts,
        facts: {
          serverVersion: info.serverVersion,
          startedAt,
          encrypted: tls.encrypted,
          pooled,
          user: info.currentUser,
          superuser,
          inRecovery: info.inRecovery,
          backendsUsed,
          backendsAllowed,
        },
      };
    });
  } finally {
    signal.removeEventListener('abort', stop);
    await backend.client.end();
  }
}

const notReached = (reports: StageReport[], { ssh }: ConnectionConfig): string[] =>
  stagesOver(ssh?.enabled ? ssh.hops.length : 0).filter(
    (stage) => !reports.some((report) => report.stage === stage),
  );

/** A second try (another host, or without a refused setting) reports its stages again: the last word of each counts. */
function inOrder(reports: StageReport[]): StageReport[] {
  const last = new Map(reports.map((report) => [report.stage, report]));
  const order = stagesOver(last.size);
  return [...last.values()].sort((a, b) => order.indexOf(a.stage) - order.indexOf(b.stage));
}
