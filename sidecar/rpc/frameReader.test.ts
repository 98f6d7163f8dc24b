import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameReader } from './frameReader.ts';

const frame = (body: string): string => `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

function read(chunks: (string | Buffer)[]) {
  const frames: string[] = [];
  const refused: string[] = [];
  const reader = new FrameReader({
    frame: (body) => frames.push(body.toString()),
    badHeader: (reason) => refused.push(reason),
  });
  for (const chunk of chunks) reader.push(Buffer.from(chunk));
  return { frames, refused };
}

describe('the frame reader', () => {
  it('gives every frame whole, however the reads are cut', () => {
    const cuts = fc.array(fc.nat(2_000), { maxLength: 20 });
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 60 }), { maxLength: 15 }), cuts, (bodies, places) => {
        const bytes = Buffer.from(bodies.map(frame).join(''));
        const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
        const chunks = [0, ...ends].map((from, index) => bytes.subarray(from, ends[index] ?? bytes.length));
        expect(read(chunks)).toEqual({ frames: bodies, refused: [] });
      }),
    );
  });

  it.each([
    ['a length of gigabytes', 'Content-Length: 3000000000\r\n\r\n'],
    ['a length just over the limit', 'Content-Length: 8388609\r\n\r\n'],
    ['a hexadecimal length', 'Content-Length: 0x10\r\n\r\n'],
    ['a negative length', 'Content-Length: -1\r\n\r\n'],
    ['an empty length', 'Content-Length:\r\n\r\n'],
    ['no length', 'Content-Type: json\r\n\r\n'],
    ['a line without a name', 'rubbish\r\n\r\n'],
    ['a header that never ends', `X-Long: ${'x'.repeat(5_000)}`],
  ])('answers %s once and goes on at the next header', (_name, bad) => {
    const { frames, refused } = read([bad, '\n', frame('{"a":1}'), frame('{}')]);
    expect(refused).toHaveLength(1);
    expect(frames).toEqual(['{"a":1}', '{}']);
  });

  it.each([
    ['a hexadecimal length', 'Content-Length: 0x10\r\n\r\n{"refused":1}'],
    ['a length over the limit', `Content-Length: 9000000\r\n\r\n${'x'.repeat(20_000)}`],
  ])('finds the next frame right behind the body of %s, without a line end between them', (_name, bad) => {
    const { frames, refused } = read([bad + frame('{"a":1}'), frame('{"b":2}')]);
    expect({ frames, refused: refused.length }).toEqual({ frames: ['{"a":1}', '{"b":2}'], refused: 1 });
    const bytes = bad + frame('{"a":1}') + frame('{"b":2}');
    expect(read([...bytes]).frames).toEqual(['{"a":1}', '{"b":2}']);
  });

  it('does not choose between two lengths', () => {
    expect(read(['Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}']).refused[0]).toBe('two lengths');
  });

  it('finds its way back after any bytes at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), (noise, cut) => {
        const bytes = Buffer.concat([
          Buffer.from(noise),
          Buffer.from(`${'\n'.repeat(2)}${'x'.repeat(5_000)}\n`),
        ]);
        const good = Buffer.from(frame('{"found":true}'));
        const { frames } = read([bytes.subarray(0, cut), bytes.subarray(cut), good]);
        // Noise may hold a header of its own, whose body swallows what follows; nothing else may.
        if (!/content-length/i.test(bytes.toString('latin1'))) expect(frames).toEqual(['{"found":true}']);
      }),
      { numRuns: 1_000 },
    );
  });
});
