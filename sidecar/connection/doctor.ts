import { platform } from 'node:os';
import type { ConnectionConfig } from '#shared/connection/config.ts';
import type { HostKeyTrust } from '#shared/connection/hostKey.ts';
import { stagesOver } from '#shared/connection/stages.ts';
import type { StageReport, TestReport } from '#shared/connection/testReport.ts';
import { AppError } from '#shared/error/appError.ts';
import { version } from '#shared/version.ts';
import type { LoginSecrets } from '../credentials/loginSecrets.ts';
import type { Backend } from '../postgres/backend.ts';
import { classify } from '../postgres/linkErrors.ts';
import { usersSettings } from '../postgres/startup.ts';
import { databasesInstead } from './databaseList.ts';
import { identityFacts } from './lastGood.ts';
import { serversInstead } from './localServers.ts';
import { login, settingsOf, type LoginRequest } from './login.ts';
import { isPooled, refuseStartupSql, requireTaken } from './poolers.ts';
import { Route } from './route.ts';
import { readServerFacts, type ServerFacts } from './serverFacts.ts';
import { since, Stages } from './stages.ts';
import { runStartupSql } from './startupSql.ts';

/** What is tested; the embedded server must be started before its address is known. */
interface Tested {
  config: ConnectionConfig;
  secrets: LoginSecrets;
  trust?: HostKeyTrust;
}

/** What runs is cancelled within this time, or left to notice by itself that nobody waits. */
const cancelLimitMs = 500;

const testedBy = `Hawser ${version}, Node.js ${process.versions.node}, ${platform()} ${process.arch}`;

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
  let request: LoginRequest | undefined;
  try {
    const tested = await prepare().catch((error: unknown) => stages.fail('resolve', since(from), error));
    const { config } = tested;
    const route = new Route(tested);
    request = { ...tested, route, database: config.database, settings: settingsOf(config) };
    const { info, startedAt } = await tryAll(request, stages, signal);
    const found = { serverVersion: info.serverVersion, startedAt };
    return { ok: true, stages: stages.latest, latencyMs: since(from), ...found, testedBy };
  } catch (error) {
    if (signal.aborted) throw stoppedTest();
    const failure = classify(error, target);
    const latencyMs = since(from);
    completed(stages, failure, request?.config);
    const instead = request ? await otherWays(failure, request, signal) : {};
    if (signal.aborted) throw stoppedTest();
    const report = { ok: false, stages: stages.latest, latencyMs, testedBy };
    return { ...report, error: failure.toEnvelope(), ...instead };
  } finally {
    await request?.route.close();
  }
}

const stoppedTest = (): AppError => new AppError('CANCELLED', 'The test was stopped.');

/** What else would be possible, for a button that offers it. */
async function otherWays(
  failure: AppError,
  request: LoginRequest,
  signal: AbortSignal,
): Promise<Pick<TestReport, 'databases' | 'places'>> {
  const databases = await databasesInstead(failure, request, signal);
  const places = await serversInstead(failure, request.config);
  return { ...(databases ? { databases } : {}), ...(places ? { places } : {}) };
}

async function tryAll(request: LoginRequest, stages: Stages, signal: AbortSignal): Promise<ServerFacts> {
  const { backend, facts: tls, way } = await login(request, new Set(), stages, signal);
  request.route.settle(way);
  // Start-up SQL would go on at the server.
  const stop = () =>
    void backend
      .abandon(cancelLimitMs)
      .finally(() => backend.destroy(classify(signal.reason, backend.target)));
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await stages.run('session', async () => {
      const facts = await readSession(backend, request);
      const { info, superuser, startedAt, backendsUsed, backendsAllowed } = facts;
      const session = { pooled: info.backendPid !== backend.pid, user: info.currentUser, superuser };
      const server = { ...identityFacts(info), startedAt, backendsUsed, backendsAllowed };
      return { value: facts, facts: { ...server, encrypted: tls.encrypted, ...session } };
    });
  } finally {
    signal.removeEventListener('abort', stop);
    await backend.client.end();
  }
}

/** In one round trip, unless something is to be set before; a server far away makes each one felt. */
async function readSession(
  backend: Backend,
  { config, settings }: Pick<LoginRequest, 'config' | 'settings'>,
): Promise<ServerFacts> {
  if (config.options.startupSql) {
    if (await isPooled(backend)) refuseStartupSql(config);
    await runStartupSql(backend, config.options);
  }
  const facts = await readServerFacts(backend);
  if (facts.info.backendPid !== backend.pid) await requireTaken(backend, usersSettings(settings));
  return facts;
}

/** Every stage has its line: one that failed without being a step of its own, and those that were not reached. */
function completed(stages: Stages, failure: AppError, config: ConnectionConfig | undefined): void {
  const { stage } = failure.facts;
  if (stage !== undefined && !stages.latest.some(({ status }) => status === 'failed'))
    stages.record({ stage, status: 'failed', ms: 0, error: failure.toEnvelope() });
  const hops = config?.ssh?.enabled ? config.ssh.hops.length : 0;
  const reached = new Set(stages.reports.map((report) => report.stage));
  for (const missing of stagesOver(hops).filter((each) => !reached.has(each)))
    stages.record({ stage: missing, status: 'skipped', ms: 0 });
}
