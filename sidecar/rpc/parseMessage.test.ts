import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMessage } from './parseMessage.ts';

const parse = (text: string) => parseMessage(Buffer.from(text));
const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

describe('a message', () => {
  it('is taken where its envelope is right', () => {
    expect(parse('{"jsonrpc":"2.0","id":1,"method":"host.ping","params":{},"channel":3}')).toMatchObject({
      message: { id: 1, method: 'host.ping', channel: 3 },
    });
  });

  it.each([
    ['no JSON', '{', -32700],
    ['an empty frame', '', -32700],
    ['a list', '[]', -32600],
    ['a text', '"x"', -32600],
    ['another version', '{"jsonrpc":"1.0","id":1,"method":"a"}', -32600],
    ['a method that is no text', '{"jsonrpc":"2.0","id":1,"method":1}', -32600],
    ['neither request nor answer', '{"jsonrpc":"2.0","id":1}', -32600],
    ['an id that is an object', '{"jsonrpc":"2.0","id":{},"method":"a"}', -32600],
    ['params that are a number', '{"jsonrpc":"2.0","id":1,"method":"a","params":5}', -32600],
    ['a channel below zero', '{"jsonrpc":"2.0","id":1,"method":"a","channel":-1}', -32600],
    [
      'a key that reaches for the prototype',
      '{"jsonrpc":"2.0","id":1,"method":"a","params":{"__proto__":{}}}',
      -32600,
    ],
    [
      'the same key in disguise',
      '{"jsonrpc":"2.0","id":1,"method":"a","params":{"__pr\\u006fto__":{}}}',
      -32600,
    ],
    ['too deep a nesting', `{"jsonrpc":"2.0","id":1,"method":"a","params":{"a":${nested(31)}}}`, -32600],
    ['a nesting of a million', nested(1_000_000), -32600],
  ])('is refused: %s', (_name, text, code) => {
    expect(parse(text)).toMatchObject({ refused: { code } });
  });

  it('may nest as deep as the limit, and brackets in texts do not count', () => {
    expect(parse(`{"jsonrpc":"2.0","id":1,"method":"a","params":{"a":${nested(30)}}}`)).toHaveProperty(
      'message',
    );
    const text = JSON.stringify(`\\"${'['.repeat(100)}`);
    expect(parse(`{"jsonrpc":"2.0","id":1,"method":"a","params":{"a":${text}}}`)).toHaveProperty('message');
  });

  it('names the id of what it refuses, where there is one', () => {
    expect(parse('{"jsonrpc":"1.0","id":"x","method":"a"}')).toMatchObject({ refused: { id: 'x' } });
  });

  it('is parsed or refused whatever the bytes, and never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        expect(Object.keys(parse(text))).toHaveLength(1);
      }),
      { numRuns: 2_000 },
    );
  });
});
