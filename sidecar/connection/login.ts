import type { ConnectionConfig } from '#shared/connection/config.ts';
import type { Place } from '#shared/connection/places.ts';
import { AppError } from '#shared/error/appError.ts';
import type { FieldIssue } from '#shared/error/envelope.ts';
import type { LoginSecrets } from '../credentials/loginSecrets.ts';
import { Backend } from '../postgres/backend.ts';
import type { LoginOptions } from '../postgres/backendClient.ts';
import { byDatabase, mayNeedTls } from '../postgres/serverErrors.ts';
import { classify } from '../postgres/linkErrors.ts';
import {
  formatOptions,
  isOptional,
  optionOf,
  refusedSettings,
  startupSettings,
  usersSettings,
  type StartupSetting,
} from '../postgres/startup.ts';
import { isSocket, labelOf } from './endpoint.ts';
import { handshakeError, isOfTls } from '../tls/tlsErrors.ts';
import { poolerHint } from './poolers.ts';
import type { OpenedStream, Route } from './route.ts';
import { requireKind, type WantedServer } from './sessionAttrs.ts';
import { since, type Stages } from './stages.ts';
import { findServer, type Attempt, type Way } from './ways.ts';

export interface LoginRequest {
  config: ConnectionConfig;
  route: Route;
  database: string;
  secrets: LoginSecrets;
  settings: StartupSetting[];
}

/** The control connection needs nothing but answers in time, and names that nobody can put something in front of. */
export const controlSettings: StartupSetting[] = [
  { name: 'search_path', value: '' },
  { name: 'statement_timeout', value: '2000' },
];

/** SQLSTATEs by which a server or pooler refuses a start-up setting; the last is a role that one may not take on. */
const refusals = new Set(['42704', '22023', '08P01', '42501']);

const isSettingRefused = ({ facts }: AppError, settings: StartupSetting[]): boolean =>
  refusals.has(facts.sqlstate ?? '') && facts.reason !== byDatabase && settings.length > 0;

export interface LoggedIn extends Omit<OpenedStream, 'stream'> {
  backend: Backend;
}

/**
 * Opens a backend stage by stage, at the first host that takes it. Start-up settings that the server refuses are left out in
 * a second try and remembered in `refused`. Rejects with an error of the catalogue that names the stage; nothing stays open
 * then.
 */
export async function login(
  request: LoginRequest,
  refused: Set<string>,
  stages: Stages,
  signal: AbortSignal,
): Promise<LoggedIn> {
  const { config, route } = request;
  const taken = () => request.settings.filter(({ name }) => !refused.has(name));
  const find = () =>
    findServer<LoggedIn>({
      config,
      signal,
      resolve: (place) => route.resolve(place, stages, signal),
      attempt: (way, wanted) => attempt({ ...request, settings: taken() }, { way, wanted }, stages, signal),
    });
  try {
    return await find();
  } catch (error) {
    if (!noteRefused(error, taken(), refused)) throw error;
    return await find();
  }
}

/**
 * Was the login refused for its start-up settings? Then those that the server meant are added to `refused`. Throws
 * STARTUP_PARAMETER where one of them is the user's word, which must not be left out without him.
 */
export function noteRefused(error: unknown, settings: StartupSetting[], refused: Set<string>): boolean {
  if (!(error instanceof AppError) || !isSettingRefused(error, settings)) return false;
  const words = `${error.message} ${JSON.stringify(error.facts.detail ?? '')}`;
  const meant = refusedSettings(words, settings);
  const byPooler = error.facts.sqlstate === '08P01';
  const asked = byPooler ? usersSettings(meant) : meant.filter((setting) => !isOptional(setting));
  if (asked.length > 0) throw settingRefused(asked, error, byPooler);
  for (const { name } of meant) refused.add(name);
  return true;
}

const settingRefused = (settings: StartupSetting[], cause: AppError, byPooler: boolean): AppError =>
  new AppError(
    'STARTUP_PARAMETER',
    `The ${byPooler ? 'pooler before the server' : 'server'} does not accept the setting ${settings.map(({ name }) => name).join(', ')}.`,
    {
      stage: 'session',
      detail: cause.facts.detail ?? cause.message,
      hint: byPooler ? poolerHint : 'Correct or clear it in the options of this connection.',
      retry: 'user',
      issues: settings.flatMap(({ name }) => settingIssue(name)),
      actions: [{ id: 'edit', label: 'Edit connection' }],
      cause,
    },
  );

/** Beside the field that it stands in. */
function settingIssue(name: string): FieldIssue[] {
  const option = optionOf(name);
  return option === undefined ? [] : [{ path: `options.${option}`, message: 'Not accepted by the server' }];
}

/** How far an attempt has come. */
interface Progress {
  stage: 'authenticate' | 'database';
  /** When this stage began. */
  from: number;
  reached?: Way;
  opened?: Omit<OpenedStream, 'stream'>;
}

async function attempt(
  request: LoginRequest,
  { way, wanted }: { way: Way; wanted: WantedServer },
  stages: Stages,
  signal: AbortSignal,
): Promise<Attempt<LoggedIn>> {
  const target = labelOf(way.place);
  const progress: Progress = { stage: 'authenticate', from: performance.now() };
  const backend = newBackend(request, way, stages, signal, progress);
  const stop = () => backend.destroy(classify(signal.reason, target));
  signal.addEventListener('abort', stop, { once: true });
  try {
    await backend.open();
    const { stage, from, opened } = progress;
    stages.record({ stage, status: 'ok', ms: since(from), facts: { database: request.database } });
    await requireKind(backend, wanted, request.settings);
    if (!opened) throw new Error('A backend is open without a stream');
    return { ok: true, value: { backend, ...opened } };
  } catch (error) {
    backend.destroy(classify(error, target));
    if (signal.aborted) throw classify(signal.reason, target);
    const refused = atLogin(error, target);
    const failure = couldEncrypt(request.config, way) ? mayNeedTls(refused) : refused;
    const { opened, reached = opened?.way } = progress;
    const stage = failure.facts.stage ?? progress.stage;
    const known = failure.with({ stage });
    const ms = since(progress.from);
    if (isSettingRefused(failure, request.settings)) {
      // The server looks at them when the database is open; `login` says what becomes of it.
      if (progress.stage === 'database') stages.record({ stage, status: 'ok', ms });
    } else if (opened) stages.record({ stage, status: 'failed', ms, error: known.toEnvelope() });
    // Else the way here has reported itself.
    return { ok: false, error: known, ...(reached ? { way: reached } : {}) };
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function newBackend(
  request: LoginRequest,
  way: Way,
  stages: Stages,
  signal: AbortSignal,
  progress: Progress,
): Backend {
  const { config, route } = request;
  const target = labelOf(way.place);
  const dial = async (inner: AbortSignal) => {
    // A cancel of this backend, long after it was opened.
    if (progress.opened) return route.open(inner);
    const both = AbortSignal.any([signal, inner]);
    const { stream, ...opened } = await route.dial(
      way,
      stages,
      both,
      (reached) => (progress.reached = reached),
    );
    Object.assign(progress, { opened, reached: opened.way, from: performance.now() });
    return stream;
  };
  const onAuthenticated = () => {
    const { stage, from } = progress;
    stages.record({ stage, status: 'ok', ms: since(from), facts: { user: config.username } });
    Object.assign(progress, { stage: 'database', from: performance.now() });
  };
  return new Backend({ ...loginOptions(request, target, way.place), dial, onAuthenticated }, target);
}

/** The server was not asked for TLS, and could have been. */
const couldEncrypt = ({ tls }: ConnectionConfig, { place }: Way): boolean =>
  tls.mode === 'disable' && !isSocket(place);

/** What a pool or a test needs to log in by itself, over a stream of its own. */
export function loginOptions(request: LoginRequest, target: string, at?: Place): LoginOptions {
  const { config, route, database, secrets, settings } = request;
  const limitMs = config.options.connectTimeoutSec * 1_000;
  return {
    dial: (signal) => route.open(signal),
    user: config.username,
    database,
    password: () => {
      const { host, port } = at ?? route.place ?? config;
      return secrets.password({ host, port, database });
    },
    applicationName: config.options.applicationName,
    options: formatOptions(settings),
    loginTimeoutMs: limitMs,
    onTimeout: () =>
      new AppError(
        'TIMEOUT',
        `${target} accepted the connection, but did not answer within ${limitMs / 1_000} s.`,
        {
          hint: 'Something listens there that may not be PostgreSQL, or the server hangs.',
          actions: [
            { id: 'retry', label: 'Try again' },
            { id: 'edit', label: 'Edit connection' },
          ],
        },
      ),
  };
}

export const settingsOf = (config: ConnectionConfig): StartupSetting[] =>
  startupSettings(config.options, new Set());

/** Before the login has succeeded, a malformed answer means that the peer is no PostgreSQL at all. */
function atLogin(failure: unknown, target: string): AppError {
  // In TLS 1.3 the server judges its client's certificate when the handshake has ended on this side.
  const error = classify(failure, target);
  if (isOfTls(error.cause)) return handshakeError(error.cause).with({ stage: 'tls' });
  const { sqlstate, stage } = error.facts;
  if (stage !== undefined) return error;
  if ((error.code === 'PROTOCOL_ERROR' && sqlstate === undefined) || error.code === 'VALUE_TOO_LARGE')
    return new AppError('NOT_POSTGRES', `Something answers at ${target}, but it is not PostgreSQL.`, {
      detail: error.facts.detail,
      actions: [{ id: 'edit', label: 'Edit connection' }],
      cause: error,
    });
  return error;
}
