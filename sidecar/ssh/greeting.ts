import type { Duplex } from 'node:stream';

/** More than this is never sent before the line that says SSH. */
const enoughBytes = 1_024;

/** What a server says first, to tell a server of another kind from one that fails. */
export class Greeting {
  #heard = '';

  /** To be called while the stream is paused: a listener alone would set it going. */
  listen(stream: Duplex): void {
    const onData = (chunk: Buffer) => {
      this.#heard += chunk.toString('latin1', 0, enoughBytes);
      if (this.#isSsh || this.#heard.length >= enoughBytes) stream.off('data', onData);
    };
    stream.on('data', onData);
  }

  get isForeign(): boolean {
    return this.#heard !== '' && !this.#isSsh;
  }

  get #isSsh(): boolean {
    return /^SSH-/m.test(this.#heard);
  }
}
