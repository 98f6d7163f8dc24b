import { maxFrameBytes, rpcErrorCodes, type WireMessage } from '#shared/contract/protocol.ts';
import { AppError } from '#shared/error/appError.ts';
import type { NativeCalls } from '../native/nativeCalls.ts';
import { Channel, type PageSocket } from './channel.ts';
import { parsePageMessage, type PageMessage } from './envelope.ts';

/** The sidecar as the relay sees it; the supervisor is one. */
export interface SidecarLink {
  /** False: hold back until `drained` is called. */
  send(text: string): boolean;
  ownId(): string;
}

type PageRequest = Extract<PageMessage, { kind: 'request' }>;

/**
 * Several windows on one pipe. The envelope only is read: every socket gets a channel number that is stamped on what it
 * sends, ids are renumbered so that two windows may use the same ones, and answers find their way back by them.
 */
export class Relay {
  readonly #link: SidecarLink;
  readonly #calls: NativeCalls;
  readonly #channels = new Map<number, Channel>();
  /** Whose request each number on the pipe is. */
  readonly #owners = new Map<number, Channel>();
  #lastChannel = 0;
  #lastId = 0;

  constructor(link: SidecarLink, calls: NativeCalls) {
    this.#link = link;
    this.#calls = calls;
  }

  /** A socket that was admitted. Hand its text frames to `receive` and its end to `closed`. */
  connect(socket: PageSocket): { receive: (text: string) => void; closed: () => void } {
    this.#lastChannel += 1;
    const channel = new Channel(this.#lastChannel, socket, this.#calls);
    this.#channels.set(channel.number, channel);
    return { receive: (text) => this.#fromPage(channel, text), closed: () => this.#closed(channel) };
  }

  /** One message of the sidecar. */
  fromSidecar(body: Buffer): void {
    const message = parseSidecarMessage(body);
    if (message === undefined) return;
    const { channel: number = 0, ...rest } = message;
    if (rest.method !== undefined) {
      this.#channels.get(number)?.send(JSON.stringify(rest));
    } else if (typeof rest.id === 'number') {
      // Answers to requests of the host's own have ids that are strings; nobody waits for their contents.
      const settled = this.#settle(rest.id);
      settled?.channel.send(JSON.stringify({ ...rest, id: settled.pageId }));
    }
  }

  /** A message over the limit was dropped. If it was an answer, whoever waits for it must hear so. */
  oversize(head: Buffer): void {
    const id = /^\{"jsonrpc":"2\.0","id":(\d+),/.exec(head.toString('latin1'))?.[1];
    const settled = id === undefined ? undefined : this.#settle(Number(id));
    settled?.channel.fail(settled.pageId, tooLarge('The answer'));
  }

  /** The sidecar takes more again. */
  drained(): void {
    for (const channel of this.#channels.values()) channel.socket.resume();
  }

  /** The sidecar is gone: answers all that is pending with `error`, then closes every socket. */
  lost(error: AppError, closeCode: number, reason: string): void {
    for (const channel of this.#channels.values()) {
      channel.native.close();
      for (const pageId of channel.pageIds()) channel.fail(pageId, error);
      channel.socket.close(closeCode, reason);
    }
    this.#channels.clear();
    this.#owners.clear();
  }

  #fromPage(channel: Channel, text: string): void {
    if (!this.#channels.has(channel.number)) return;
    const message = parsePageMessage(text);
    switch (message.kind) {
      case 'refused':
        return channel.refuse(message.id, message.code, message.message);
      case 'request':
        return this.#request(channel, message);
      case 'notification':
        return this.#forward(channel, { method: message.method, params: message.params });
      case 'cancel': {
        channel.native.cancel(message.id);
        const id = channel.wireIdOf(message.id);
        // An answer that crossed the cancellation is no fault.
        if (id !== undefined) this.#forward(channel, { method: '$/cancelRequest', params: { id } });
      }
    }
  }

  #request(channel: Channel, { id: pageId, method, params }: PageRequest): void {
    if (channel.isPending(pageId)) {
      return channel.refuse(pageId, rpcErrorCodes.invalidRequest, 'A request with this id is still pending.');
    }
    if (method.startsWith('native.')) return void channel.native.answer(pageId, method, params);
    if (channel.full)
      return channel.fail(pageId, new AppError('RATE_LIMITED', 'Too many requests are pending.'));
    this.#lastId += 1;
    const id = this.#lastId;
    const text = JSON.stringify({ jsonrpc: '2.0', id, method, params, channel: channel.number });
    // Writing numbers anew may lengthen a text that came in just under the limit.
    if (Buffer.byteLength(text) > maxFrameBytes) return channel.fail(pageId, tooLarge('The request'));
    channel.remember(pageId, id);
    this.#owners.set(id, channel);
    this.#write(channel, text);
  }

  #forward(channel: Channel, members: { method: string; params: unknown }): void {
    const text = JSON.stringify({ jsonrpc: '2.0', ...members, channel: channel.number });
    if (Buffer.byteLength(text) <= maxFrameBytes) this.#write(channel, text);
  }

  #write(channel: Channel, text: string): void {
    // A full pipe holds back the sockets that want to write; what they had in hand is bounded by one read.
    if (!this.#link.send(text)) channel.socket.pause();
  }

  #closed(channel: Channel): void {
    if (!this.#channels.delete(channel.number)) return;
    channel.native.close();
    for (const id of channel.wireIds()) this.#owners.delete(id);
    const detach = { id: this.#link.ownId(), method: 'session.detach', params: {}, channel: channel.number };
    this.#link.send(JSON.stringify({ jsonrpc: '2.0', ...detach }));
  }

  #settle(id: number): { channel: Channel; pageId: string | number } | undefined {
    const channel = this.#owners.get(id);
    const pageId = channel?.settle(id);
    this.#owners.delete(id);
    return channel === undefined || pageId === undefined ? undefined : { channel, pageId };
  }
}

const tooLarge = (what: string): AppError =>
  new AppError(
    'VALUE_TOO_LARGE',
    `${what} is larger than the ${maxFrameBytes / 1024 / 1024} MB that fit in one message.`,
  );

function parseSidecarMessage(body: Buffer): WireMessage | undefined {
  try {
    const message: unknown = JSON.parse(body.toString('utf8'));
    return typeof message === 'object' && message !== null ? (message as WireMessage) : undefined;
  } catch {
    return undefined;
  }
}
