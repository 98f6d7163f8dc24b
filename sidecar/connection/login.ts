import type { ConnectionConfig } from '#shared/connection/config.ts';
import { AppError } from '#shared/error/appError.ts';
import type { LoginSecrets } from '../credentials/loginSecrets.ts';
import { Backend } from '../postgres/backend.ts';
import type { LoginOptions } from '../postgres/backendClient.ts';
import { mayNeedTls } from '../postgres/serverErrors.ts';
import { classify } from '../postgres/linkErrors.ts';
import {
  formatOptions,
  isOptional,
  refusedSettings,
  startupSettings,
  usersSettings,
  type StartupSetting,
} from '../postgres/startup.ts';
import { targetOf } from './endpoint.ts';
import { poolerHint } from './poolers.ts';
import type { Route } from './route.ts';
import { since, Stages } from './stages.ts';

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

/** SQLSTATEs by which a server or pooler refuses a start-up setting. */
const refusals = new Set(['42704', '22023', '08P01']);

/**
 * Opens a backend stage by stage. Start-up settings that the server refuses are left out in a second try and remembered
 * in `refused`. Rejects with an error of the catalogue that names the stage; nothing stays open then.
 */
export async function login(
  request: LoginRequest,
  refused: Set<string>,
  stages: Stages,
  signal: AbortSignal,
): Promise<{ backend: Backend; encrypted: boolean }> {
  const taken = () => request.settings.filter(({ name }) => !refused.has(name));
  try {
    return await attempt({ ...request, settings: taken() }, stages, signal);
  } catch (error) {
    if (!noteRefused(error, taken(), refused)) throw error;
    return await attempt({ ...request, settings: taken() }, stages, signal);
  }
}

/**
 * Was the login refused for its start-up settings? Then those that the server meant are added to `refused`. Throws
 * STARTUP_PARAMETER where one of them is the user's word, which must not be left out without him.
 */
export function noteRefused(error: unknown, settings: StartupSetting[], refused: Set<string>): boolean {
  if (!(error instanceof AppError) || !refusals.has(error.facts.sqlstate ?? '') || settings.length === 0)
    return false;
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
      actions: [{ id: 'edit', label: 'Edit connection' }],
      cause,
    },
  );

async function attempt(
  request: LoginRequest,
  stages: Stages,
  signal: AbortSignal,
): Promise<{ backend: Backend; encrypted: boolean }> {
  const { config, database } = request;
  const target = targetOf(config);
  let encrypted = false;
  let stage: 'authenticate' | 'database' = 'authenticate';
  let from = performance.now();
  const backend = new Backend(
    {
      ...loginOptions(request, target),
      dial: async (inner) => {
        const opened = await request.route.open(stages, AbortSignal.any([signal, inner]));
        encrypted = opened.encrypted;
        from = performance.now();
        return opened.stream;
      },
      onAuthenticated: () => {
        stages.record({ stage, status: 'ok', ms: since(from), facts: { user: config.username } });
        stage = 'database';
        from = performance.now();
      },
    },
    target,
  );
  const stop = () => backend.destroy(classify(signal.reason, target));
  signal.addEventListener('abort', stop, { once: true });
  try {
    await backend.open();
    stages.record({ stage: 'database', status: 'ok', ms: since(from), facts: { database } });
    return { backend, encrypted };
  } catch (error) {
    backend.destroy(classify(error, target));
    if (signal.aborted) throw classify(signal.reason, target);
    const refused = atLogin(classify(error, target), target);
    const failure = !encrypted && couldEncrypt(config) ? mayNeedTls(refused) : refused;
    if (failure.facts.stage) throw failure;
    stages.record({ stage, status: 'failed', ms: since(from), error: failure.with({ stage }).toEnvelope() });
    throw failure.with({ stage });
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** The server was not asked for TLS; `prefer` has asked. Over a socket there is none. */
const couldEncrypt = ({ host, tls }: ConnectionConfig): boolean =>
  (tls.mode === 'disable' || tls.mode === 'allow') && !/^[/@]/.test(host);

/** What a pool or a test needs to log in by itself, over a stream of its own. */
export function loginOptions(request: LoginRequest, target: string): LoginOptions {
  const { config, route, database, secrets, settings } = request;
  const limitMs = config.options.connectTimeoutSec * 1_000;
  return {
    dial: async (signal) => {
      const opened = await route.open(new Stages(target), signal);
      return opened.stream;
    },
    user: config.username,
    database,
    password: () => secrets.password(),
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
function atLogin(error: AppError, target: string): AppError {
  const sqlstate = error.facts.sqlstate;
  if ((error.code === 'PROTOCOL_ERROR' && sqlstate === undefined) || error.code === 'VALUE_TOO_LARGE')
    return new AppError('NOT_POSTGRES', `Something answers at ${target}, but it is not PostgreSQL.`, {
      detail: error.facts.detail,
      actions: [{ id: 'edit', label: 'Edit connection' }],
      cause: error,
    });
  return error;
}
