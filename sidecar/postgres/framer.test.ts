import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Framer, MalformedMessage, maxMessageBytes } from './framer.ts';

const message = (type: string, body: Buffer): Buffer => {
  const bytes = Buffer.alloc(5 + body.length);
  bytes.write(type, 0, 'latin1');
  bytes.writeInt32BE(4 + body.length, 1);
  body.copy(bytes, 5);
  return bytes;
};

const row = (...values: (string | null)[]): Buffer => {
  const parts: Buffer[] = [Buffer.alloc(2)];
  parts[0]?.writeInt16BE(values.length);
  for (const value of values) {
    const length = Buffer.alloc(4);
    length.writeInt32BE(value === null ? -1 : Buffer.byteLength(value));
    parts.push(length, Buffer.from(value ?? ''));
  }
  return message('D', Buffer.concat(parts));
};

const ready = message('Z', Buffer.from('I'));

function collect(chunks: Buffer[], wantsRows = true) {
  const messages: Buffer[] = [];
  const rows: Buffer[] = [];
  const copies: Buffer[] = [];
  let count = 0;
  const framer = new Framer({
    message: (bytes) => messages.push(Buffer.from(bytes)),
    rows: (bytes, rowCount) => {
      rows.push(Buffer.from(bytes));
      count += rowCount;
    },
    copyData: (bytes, copyCount) => {
      copies.push(Buffer.from(bytes));
      count += copyCount;
    },
    wantsRows: () => wantsRows,
    wantsCopyData: () => wantsRows,
  });
  for (const chunk of chunks) framer.push(chunk);
  const [seenRows, seenCopies] = [Buffer.concat(rows), Buffer.concat(copies)];
  return { messages: Buffer.concat(messages), rows: seenRows, copies: seenCopies, count };
}

const cutAt = (bytes: Buffer, cuts: number[]): Buffer[] => {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, index) => bytes.subarray(from, places[index] ?? bytes.length));
};

describe('the framer', () => {
  it('gives rows and other messages whole, however the reads are cut', () => {
    const value = fc.option(fc.string({ maxLength: 40 }), { nil: null });
    const rowsOf = fc.array(fc.array(value, { maxLength: 5 }), { maxLength: 20 });
    fc.assert(
      fc.property(rowsOf, fc.array(fc.nat(), { maxLength: 30 }), (values, cuts) => {
        const rows = values.map((each) => row(...each));
        const stream = Buffer.concat(
          rows.flatMap((each, index) => (index % 3 === 0 ? [ready, each] : [each])),
        );
        const seen = collect(cutAt(stream, cuts));
        expect(seen.rows.equals(Buffer.concat(rows))).toBe(true);
        expect(seen.count).toBe(rows.length);
        expect(seen.messages.length).toBe(ready.length * Math.ceil(rows.length / 3));
      }),
    );
  });

  it('tells the data of a COPY from rows, also where one follows the other in a read', () => {
    const data = message('d', Buffer.from('1\t2\n'));
    const stream = [data, data, row('a'), ready, data, row(null)];
    const seen = collect([Buffer.concat(stream)]);
    expect(seen.copies.equals(Buffer.concat([data, data, data]))).toBe(true);
    expect(seen.rows.equals(Buffer.concat([row('a'), row(null)]))).toBe(true);
    expect(seen).toMatchObject({ messages: ready, count: 5 });
    expect(collect(stream, false).messages.equals(Buffer.concat(stream))).toBe(true);
  });

  it('hands rows to the parser where nobody wants them as bytes', () => {
    const bytes = Buffer.concat([row('a'), ready]);
    expect(collect([bytes], false)).toMatchObject({ count: 0, messages: bytes });
  });

  const error = (text: string): Buffer => message('E', Buffer.from(text, 'latin1'));
  const header = (type: string, length: number): Buffer => {
    const bytes = Buffer.alloc(5);
    bytes.write(type, 0, 'latin1');
    bytes.writeInt32BE(length, 1);
    return bytes;
  };
  const shortRow = row('abc');
  shortRow.writeInt16BE(2, 5);
  const longValue = row('abc');
  longValue.writeInt32BE(4, 7);
  const negativeCount = row();
  negativeCount.writeInt16BE(-1, 5);
  const negativeValue = row('abc');
  negativeValue.writeInt32BE(-2, 7);

  it.each([
    ['a type that no server sends', message('x', Buffer.from('abc'))],
    ['a length below four', header('Z', 3)],
    ['a negative length', header('Z', -1)],
    ['a length over the limit', header('D', maxMessageBytes + 1)],
    ['an error without its final zero byte', error('SERROR\0Mbad')],
    ['a notice without its final zero byte', message('N', Buffer.from('SNOTICE'))],
    ['a row that says it has more fields than it has', shortRow],
    ['a row with a value longer than itself', longValue],
    ['a row with a value of length -2', negativeValue],
    ['a row with a negative count of fields', negativeCount],
    ['a row description that ends within a field', message('T', Buffer.from([0, 1, 65, 0, 1, 2]))],
    ['a row description without its count', message('T', Buffer.from([0]))],
  ])('refuses %s', (_name, bytes) => {
    expect(() => collect([Buffer.concat([bytes, ready])])).toThrow(MalformedMessage);
  });

  it('hands on the rows before what it refuses', () => {
    for (const bad of [longValue, header('D', maxMessageBytes + 1)]) {
      let count = 0;
      const target = {
        message: () => {},
        rows: (_: Buffer, more: number) => void (count += more),
        wantsRows: () => true,
        copyData: () => {},
        wantsCopyData: () => false,
      };
      const framer = new Framer(target);
      expect(() => framer.push(Buffer.concat([row('a'), row('b'), bad]))).toThrow(MalformedMessage);
      expect(count).toBe(2);
    }
  });

  it('either takes or refuses any bytes, and never hangs', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          collect([Buffer.from(bytes)]);
        } catch (failure) {
          expect(failure).toBeInstanceOf(MalformedMessage);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
