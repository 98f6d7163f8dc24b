import type { MethodDefinition } from '#shared/contract/define.ts';
import type { Handlers, MethodName } from '#shared/contract/derive.ts';
import { protocolVersion } from '#shared/contract/protocol.ts';
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
import { sessionHandlers } from './sessionHandlers.ts';
import { storeHandlers } from './storeHandlers.ts';
import { transactionHandlers } from './transactionHandlers.ts';

/** What is answered before a window is attached. */
const open: ReadonlySet<string> = new Set<MethodName>(['host.ping', 'session.attach']);

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

export function createDispatch(services: Services): Dispatch {
  const handlers: Handlers<RequestContext> = {
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
  };
  return async (name, params, context) => {
    if (!Object.hasOwn(handlers, name))
      throw new RequestRefused('methodNotFound', `There is no method ${name}`);
    const method = name as keyof typeof handlers;
    if (!open.has(method)) context.session();
    if (method === 'session.attach' && otherVersion(params))
      return { outcome: 'failed', reason: 'VERSION_MISMATCH' };
    const parsed = (await paramsSchemaOf(method)).safeParse(params ?? {});
    if (!parsed.success) {
      const issues = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
      throw new RequestRefused('invalidParams', `The parameters of ${method} are not valid`, issues);
    }
    const handler = handlers[method] as (params: unknown, context: RequestContext) => unknown;
    return await handler(parsed.data, context);
  };
}
