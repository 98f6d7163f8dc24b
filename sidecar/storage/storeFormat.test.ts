import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { decode, encode, fileOf, type StoreFormat } from './storeFormat.ts';

const format: StoreFormat<{ names: string[] }> = {
  schema: fileOf({ names: z.array(z.string()) }),
  version: 1,
};
const bytes = (text: string) => Buffer.from(text, 'utf8');

describe('the content of a store', () => {
  it('is one JSON object with its version beside the fields', () => {
    expect(JSON.parse(encode({ names: ['a'] }, format))).toEqual({ version: 1, names: ['a'] });
  });

  it('comes back as it went, lone surrogates, NULs and quotes too', () => {
    const value = { names: ['\ud800', 'a\0b', '"\\', '\u2028', 'ä€😀', '__proto__'] };
    expect(decode(bytes(encode(value, format)), format)).toEqual({ kind: 'good', value });
  });

  it.each([
    ['nothing', ''],
    ['half of it', encode({ names: ['a'] }, format).slice(0, 20)],
    ['no JSON', 'hello'],
    ['no object', '[]'],
    ['null', 'null'],
    ['no version', '{"names":[]}'],
    ['a version that is none', '{"version":"1","names":[]}'],
    ['version 0', '{"version":0,"names":[]}'],
    ['an unknown field', '{"version":1,"names":[],"more":1}'],
    ['a wrong field', '{"version":1,"names":["hunter2",7]}'],
  ])('is damaged where it is %s, and that is said without its content', (_, text) => {
    const decoded = decode(bytes(text), format);
    expect(decoded.kind).toBe('damaged');
    expect(JSON.stringify(decoded)).not.toContain('hunter2');
  });

  it('is damaged where its bytes are no UTF-8', () => {
    const good = bytes(encode({ names: ['abc'] }, format));
    good[good.indexOf('b')] = 0xff;
    expect(decode(good, format).kind).toBe('damaged');
  });

  it('may begin with the mark that Windows editors put there', () => {
    expect(decode(bytes(`\ufeff${encode({ names: [] }, format)}`), format).kind).toBe('good');
  });

  it('of a newer version is known as such, whatever else it holds', () => {
    expect(decode(bytes('{"version":2,"anything":{}}'), format)).toEqual({ kind: 'newer', version: 2 });
  });
});

describe('the content of an older store', () => {
  const current: StoreFormat<{ people: string[]; limit: number }> = {
    schema: fileOf({ people: z.array(z.string()), limit: z.number().default(10) }),
    version: 4,
    migrations: {
      1: ({ name }) => ({ names: [name] }),
      2: ({ names, ...rest }) => ({ ...rest, people: (names as string[]).map((name) => name.trim()) }),
    },
  };

  it.each([
    ['{"version":1,"name":" Ada "}', ['Ada']],
    ['{"version":2,"names":[" Ada ","Bob"]}', ['Ada', 'Bob']],
    ['{"version":3,"people":["Ada"]}', ['Ada']],
  ])('takes each step from its own version on: %s', (text, people) => {
    expect(decode(bytes(text), current)).toEqual({ kind: 'good', value: { people, limit: 10 } });
  });

  it('is damaged where a step cannot deal with it', () => {
    expect(decode(bytes('{"version":2}'), current)).toMatchObject({ kind: 'damaged' });
  });
});
