import type { Readable, Writable } from 'node:stream';
import { rpcErrorCodes, type WireMessage } from '#shared/contract/protocol.ts';
import { Channel, type RequestHandler } from './channel.ts';
import { FrameReader } from './frameReader.ts';
import { parseMessage } from './parseMessage.ts';

export interface PeerOptions {
  input: Readable;
  output: Writable;
  handle: RequestHandler;
  /** Does somebody still need this channel? Those that nobody needs go when there are too many. */
  inUse: (channel: Channel) => boolean;
  onEnd: () => void;
  /** The last look at what goes out. */
  screen: (message: WireMessage) => WireMessage;
}

/** More sockets than any host opens; a flood of made-up channels must not fill the memory. */
const maxChannels = 256;

/** JSON-RPC over stdin and stdout, many windows' sockets on one pipe. Nothing that arrives can end the process. */
export class StdioPeer {
  readonly #channels = new Map<number, Channel>();
  readonly #options: PeerOptions;
  readonly #reader = new FrameReader({
    frame: (body) => this.#receive(body),
    badHeader: (reason) => this.#refuse(rpcErrorCodes.invalidRequest, reason, null),
  });

  constructor(options: PeerOptions) {
    this.#options = options;
    options.input.on('data', (chunk: Buffer) => this.#reader.push(chunk));
    options.input.once('end', options.onEnd);
    options.input.once('error', options.onEnd);
    // The other end of the pipe has gone: stdin's end says so too, and that is what is acted upon.
    options.output.on('error', () => {});
  }

  #receive(body: Buffer): void {
    const parsed = parseMessage(body);
    if ('refused' in parsed)
      return this.#refuse(parsed.refused.code, parsed.refused.reason, parsed.refused.id);
    const { message } = parsed;
    this.#channelOf(message.channel ?? 0).receive(message);
  }

  #channelOf(number: number): Channel {
    const known = this.#channels.get(number);
    if (known) return known;
    if (this.#channels.size >= maxChannels) this.#forgetUnused();
    const made = new Channel(number, (message) => this.#send(message), this.#options.handle);
    this.#channels.set(number, made);
    return made;
  }

  #forgetUnused(): void {
    for (const [number, channel] of this.#channels) {
      if (this.#options.inUse(channel)) continue;
      channel.close();
      this.#channels.delete(number);
    }
  }

  #refuse(code: number, reason: string, id: string | number | null): void {
    this.#send({ jsonrpc: '2.0', id, error: { code, message: reason } });
  }

  #send(message: WireMessage): void {
    const body = Buffer.from(JSON.stringify(this.#options.screen(message)));
    this.#options.output.write(Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]));
  }
}
