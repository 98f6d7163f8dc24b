import type { MethodDefinition } from '#shared/contract/define.ts';
import type { Handlers, MethodName } from '#shared/contract/derive.ts';
import { protocolVersion } from '#shared/contract/protocol.ts';
import { AppError } from '#shared/error/appError.ts';
import { attachParamsSchema } from '#shared/session/attach.ts';
import { catalogHandlers } from './catalogHandlers.ts';
import { connectionHandlers, credentialHandlers } from './connectionHandlers.ts';
import { definitionHandlers } from './definitionHandlers.ts';
import { diagnosticsHandlers } from './diagnosticsHandlers.ts';
import { groupHandlers } from './groupHandlers.ts';
import { keptHandlers } from './keptHandlers.ts';
import { profileHandlers } from './profileHandlers.ts';
import { queryHandlers } from './queryHandlers.ts';
import { RequestRefused } from './refusal.ts';
import type { RequestContext, Services } from './services.ts';
import type { Sessions } from '../session/sessions.ts';
import { doorHandlers, sessionHandlers } from './sessionHandlers.ts';
import { storeHandlers } from './storeHandlers.ts';
import { transactionHandlers } from './transactionHandlers.ts';

/** What is answered before a window is attached; a channel that goes takes back what it asked for. */
const open: ReadonlySet<string> = new Set<MethodName>(['host.ping', 'session.attach', 'session.detach']);

/** What is not begun any more once Hawser is about to end; what is there may be looked at, saved, committed and cancelled. */
const beginsWork: ReadonlySet<string> = new Set<MethodName>([
  'query.run',
  'query.export',
  'transaction.begin',
  'ledger.replay',
  'connection.connect',
  'connection.switch',
  'connection.test',
]);

/** Answers one request: is there such a method, is the window attached, do the parameters fit; then its handler. */
export type Dispatch = (method: string, params: unknown, context: RequestContext) => Promise<unknown>;

/** Looked at before all else: a window of another version may well send what this one does not know. */
function otherVersion(params: unknown): boolean {
  const version =
    typeof params === 'object' && params !== null && 'protocolVersion' in params && params.protocolVersion;
  return Number.isInteger(version) && version !== protocolVersion;
}

/** Made once a window is attached, for to make all of them takes as long as the rest of a start. */
async function paramsSchemaOf(method: MethodName): Promise<MethodDefinition['params']> {
  if (method === 'session.attach') return attachParamsSchema;
  const { methods } = await import('#shared/contract/methods.ts');
  return methods[method].params;
}

/** The door does not wait for what the others need: an attach has a deadline of its own. */
export function createDispatch(sessions: Sessions, services: Promise<Services>): Dispatch {
  const door: Partial<Handlers<RequestContext>> = doorHandlers({ sessions });
  const opening = services.then(allHandlers);
  // Whoever opens them says what was wrong.
  opening.catch(() => undefined);
  return async (name, params, context) => {
    const handlers: Partial<Handlers<RequestContext>> = Object.hasOwn(door, name) ? door : await opening;
    if (!Object.hasOwn(handlers, name))
      throw new RequestRefused('methodNotFound', `There is no method ${name}`);
    const method = name as keyof Handlers<RequestContext>;
    if (!open.has(method)) context.session();
    if (method === 'session.attach' && otherVersion(params))
      return { outcome: 'failed', reason: 'VERSION_MISMATCH' };
    if (sessions.drainingUntil !== undefined && beginsWork.has(method)) throw draining();
    const parsed = (await paramsSchemaOf(method)).safeParse(params ?? {});
    if (!parsed.success) {
      const issues = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
      throw new RequestRefused('invalidParams', `The parameters of ${method} are not valid`, issues);
    }
    const handler = handlers[method] as (params: unknown, context: RequestContext) => unknown;
    return await handler(parsed.data, context);
  };
}

const allHandlers = (services: Services): Handlers<RequestContext> => ({
  ...doorHandlers(services),
  ...sessionHandlers(services),
  ...keptHandlers(services),
  ...profileHandlers(services),
  ...groupHandlers(services),
  ...definitionHandlers(services),
  ...connectionHandlers(services),
  ...credentialHandlers(services),
  ...queryHandlers(services),
  ...transactionHandlers(services),
  ...catalogHandlers(services),
  ...storeHandlers(services),
  ...diagnosticsHandlers(services),
});

const draining = (): AppError =>
  new AppError('DRAINING', 'Hawser is about to end, so nothing new is begun.', {
    hint: 'What runs already may end first. Start Hawser again to go on.',
    retry: 'user',
    outcome: 'none',
  });
