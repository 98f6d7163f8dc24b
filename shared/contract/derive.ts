import type { z } from 'zod';
import type { nativeMethods } from '../native/methods.ts';
import type { methods } from './methods.ts';
import type { notifications } from './notifications.ts';

export type MethodName = keyof typeof methods;
export type NotificationName = keyof typeof notifications;

/** What a caller may write (defaults may be left out). */
export type MethodInput<M extends MethodName> = z.input<(typeof methods)[M]['params']>;
/** What a handler receives, after parsing. */
export type MethodParams<M extends MethodName> = z.output<(typeof methods)[M]['params']>;
export type MethodResult<M extends MethodName> = z.input<(typeof methods)[M]['result']>;

type SidecarMethod = Exclude<MethodName, keyof typeof nativeMethods>;

/** One handler a method of the sidecar: a missing one does not compile. */
export type Handlers<Context> = {
  [M in SidecarMethod]: (
    params: MethodParams<M>,
    context: Context,
  ) => MethodResult<M> | Promise<MethodResult<M>>;
};

/** A notification as a service emits it; the session adds `revision` on the way out. */
export type NotificationParams<N extends NotificationName> = z.input<(typeof notifications)[N]>;
export type Notification = {
  [N in NotificationName]: { method: N; params: NotificationParams<N> };
}[NotificationName];
