import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxFrameBytes } from '#shared/contract/protocol.ts';
import { encodeFrame, FrameDecoder } from './framing.ts';

function collect() {
  const frames: string[] = [];
  const heads: string[] = [];
  const decoder = new FrameDecoder({
    frame: (body) => frames.push(body.toString('utf8')),
    oversize: (head) => heads.push(head.toString('utf8')),
  });
  return { frames, heads, decoder };
}

/** Cuts a stream into reads of these sizes, over and over. */
function* cut(stream: Buffer, sizes: number[]): Generator<Buffer> {
  for (let at = 0, turn = 0; at < stream.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield stream.subarray(at, at + size);
    at += size;
  }
}

describe('frames on the pipe', () => {
  it('come out as they went in, however the stream is cut', () => {
    const texts = fc.array(fc.string({ unit: 'grapheme', maxLength: 200 }), { maxLength: 20 });
    const sizes = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(texts, sizes, (messages, reads) => {
        const { frames, decoder } = collect();
        for (const chunk of cut(Buffer.concat(messages.map(encodeFrame)), reads)) decoder.push(chunk);
        expect(frames).toEqual(messages);
      }),
    );
  });

  it('accept further headers and any case', () => {
    const { frames, decoder } = collect();
    decoder.push(Buffer.from('Content-Type: x\r\ncontent-length: 2\r\n\r\n{}'));
    expect(frames).toEqual(['{}']);
  });

  it('over the limit are passed over without being kept, and the next one is read', () => {
    const { frames, heads, decoder } = collect();
    decoder.push(Buffer.from(`Content-Length: ${maxFrameBytes + 1}\r\n\r\n{"jsonrpc":"2.0","id":7,`));
    const filler = Buffer.alloc(1024 * 1024, 0x20);
    let left = maxFrameBytes + 1 - '{"jsonrpc":"2.0","id":7,'.length;
    for (; left > 0; left -= filler.length) decoder.push(filler.subarray(0, left));
    decoder.push(encodeFrame('after'));
    expect(heads[0]).toMatch(/^\{"jsonrpc":"2\.0","id":7,/);
    expect(heads[0]?.length).toBeLessThan(1024);
    expect(frames).toEqual(['after']);
  });

  it.each([
    ['a hexadecimal length', 'Content-Length: 0x10\r\n\r\n'],
    ['a negative length', 'Content-Length: -1\r\n\r\n'],
    ['no length', 'Content-Type: x\r\n\r\n'],
    ['a length that would never end', 'Content-Length: 9999999999\r\n\r\n'],
    ['a header without an end', 'x'.repeat(5000)],
  ])('cannot be read after %s, which is said', (_what, text) => {
    const { decoder } = collect();
    expect(() => decoder.push(Buffer.from(text))).toThrow(/message/);
  });
});
