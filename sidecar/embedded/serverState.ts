import type { AppError } from '#shared/error/appError.ts';

export interface EmbeddedAddress {
  host: string;
  port: number;
  database: string;
  username: string;
  password: string;
}

export type ServerState =
  | { readonly kind: 'stopped'; readonly error?: AppError }
  | { readonly kind: 'starting' }
  | { readonly kind: 'running'; readonly address: EmbeddedAddress }
  | { readonly kind: 'stopping' };

export type ServerEvent =
  | { readonly kind: 'start' }
  | { readonly kind: 'ready'; readonly address: EmbeddedAddress }
  | { readonly kind: 'failed'; readonly error: AppError }
  | { readonly kind: 'stop' }
  /** The last process has gone: as asked while stopping, by itself while running. */
  | { readonly kind: 'gone'; readonly error?: AppError };

/** The life of the built-in server. Events that do not belong to a state leave it as it is. */
export function transition(state: ServerState, event: ServerEvent): ServerState {
  switch (event.kind) {
    case 'start':
      return state.kind === 'stopped' ? { kind: 'starting' } : state;
    case 'ready':
      return state.kind === 'starting' ? { kind: 'running', address: event.address } : state;
    case 'failed':
      return state.kind === 'starting' ? { kind: 'stopped', error: event.error } : state;
    case 'stop':
      return state.kind === 'running' || state.kind === 'starting' ? { kind: 'stopping' } : state;
    case 'gone':
      if (state.kind === 'stopping') return { kind: 'stopped' };
      if (state.kind !== 'running') return state;
      return event.error ? { kind: 'stopped', error: event.error } : { kind: 'stopped' };
  }
}
