import { crc32, deflateSync, inflateSync } from 'node:zlib';

interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Three bytes each. */
  readonly rgb: Buffer;
}

const signature = Buffer.from('89504e470d0a1a0a', 'hex');
const maxColours = 256;

/** A browser's picture of a window as one with a palette, a third of its size: a window has few colours. */
export function smallPng(png: Buffer): Buffer {
  const { width, height, rgb } = decode(png);
  const counts = new Map<number, number>();
  for (let at = 0; at < rgb.length; at += 3) {
    const colour = rgb.readUIntBE(at, 3);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const ranked = [...counts].sort(([, one], [, other]) => other - one).map(([colour]) => colour);
  const palette = ranked.slice(0, maxColours);
  const places = new Map(ranked.map((colour) => [colour, nearest(palette, colour)]));
  const lines = Buffer.alloc(height * (width + 1));
  for (let row = 0; row < height; row += 1)
    for (let column = 0; column < width; column += 1)
      lines[row * (width + 1) + 1 + column] = places.get(rgb.readUIntBE((row * width + column) * 3, 3)) ?? 0;
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  // Eight bits for a place in the palette.
  head.set([8, 3], 8);
  const colours = Buffer.alloc(palette.length * 3);
  for (const [place, colour] of palette.entries()) colours.writeUIntBE(colour, place * 3, 3);
  const data = deflateSync(lines, { level: 9, memLevel: 9 });
  const chunks = [chunk('IHDR', head), chunk('PLTE', colours), chunk('IDAT', data), chunk('IEND')];
  return Buffer.concat([signature, ...chunks]);
}

function nearest(palette: readonly number[], colour: number): number {
  const distance = (other: number): number =>
    [16, 8, 0].reduce((sum, shift) => sum + (((colour >> shift) & 255) - ((other >> shift) & 255)) ** 2, 0);
  return palette.reduce(
    (best, other, place) => (distance(other) < distance(palette[best] ?? 0) ? place : best),
    0,
  );
}

function chunk(name: string, data = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const frame = Buffer.alloc(body.length + 8);
  frame.writeUInt32BE(data.length, 0);
  body.copy(frame, 4);
  frame.writeUInt32BE(crc32(body), body.length + 4);
  return frame;
}

/** Of what a browser writes: eight bits a channel, no transparency, not interlaced. */
function decode(png: Buffer): Pixels {
  const parts: Buffer[] = [];
  for (let at = signature.length; at < png.length; at += png.readUInt32BE(at) + 12)
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const lines = inflateSync(Buffer.concat(parts));
  const stride = width * 3;
  const rgb = Buffer.alloc(stride * height);
  for (let row = 0; row < height; row += 1) {
    const filter = lines[row * (stride + 1)] ?? 0;
    for (let at = 0; at < stride; at += 1) {
      const to = row * stride + at;
      const left = at < 3 ? 0 : (rgb[to - 3] ?? 0);
      const above = row === 0 ? 0 : (rgb[to - stride] ?? 0);
      const corner = at < 3 || row === 0 ? 0 : (rgb[to - stride - 3] ?? 0);
      const expected = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter] ?? 0;
      rgb[to] = (lines[row * (stride + 1) + 1 + at] ?? 0) + expected;
    }
  }
  return { width, height, rgb };
}

/** Whichever of the three is nearest to what they would be on a slope. */
function paeth(left: number, above: number, corner: number): number {
  const slope = left + above - corner;
  const [toLeft, toAbove, toCorner] = [left, above, corner].map((each) => Math.abs(slope - each)) as [
    number,
    number,
    number,
  ];
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}
