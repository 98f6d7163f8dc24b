import type { MethodInput, MethodName, MethodResult } from '#shared/contract/derive.ts';

/**
 * The whole way into the sidecar. Rejects with an AppError always; with CANCELLED when the signal was aborted, and with
 * TIMEOUT when that was done by a time-out.
 */
export interface Rpc {
  call<M extends MethodName>(
    method: M,
    params: MethodInput<M>,
    signal?: AbortSignal,
  ): Promise<MethodResult<M>>;
}
