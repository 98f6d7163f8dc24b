import type { Duplex } from 'node:stream';

/**
 * What Hawser uses of pg beyond its promised interface. pg is pinned, and the tests beside this folder run every use
 * against a real server, so that an update which moves one of these is noticed at once.
 */
declare module 'pg' {
  interface Connection {
    connect(port?: number | string, host?: string): void;
    attachListeners(stream: Duplex): void;
    sendCopyFromChunk(chunk: Buffer): void;
    endCopyFrom(): void;
    sendCopyFail(message: string): void;
    _connecting: boolean;
    _ending: boolean;
  }

  interface ClientBase {
    readonly processID: number | null;
    readonly secretKey: number | null;
    /** Read when the server offers its ways of logging in. */
    enableChannelBinding: boolean;
  }
}

/** The messages of pg-protocol that are looked at here. */
export interface RowDescriptionMessage {
  fields: { name: string; tableID: number; columnID: number; dataTypeID: number }[];
}
export interface CopyResponseMessage {
  binary: boolean;
  columnTypes: readonly number[];
}
export interface ReadyForQueryMessage {
  status: 'I' | 'T' | 'E';
}
export interface NoticeMessage {
  severity?: string;
  message?: string;
  code?: string;
  detail?: string;
  hint?: string;
}
