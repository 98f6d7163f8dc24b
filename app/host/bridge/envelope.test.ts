import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nestingOver, parsePageMessage } from './envelope.ts';

const parse = (message: unknown) => parsePageMessage(JSON.stringify(message));
const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);

describe('the envelope of a page', () => {
  it('is a request, a notification or a cancellation', () => {
    expect(parse({ jsonrpc: '2.0', id: 'a', method: 'x', params: { y: 1 } })).toEqual({
      kind: 'request',
      id: 'a',
      method: 'x',
      params: { y: 1 },
    });
    expect(parse({ jsonrpc: '2.0', method: 'x' })).toMatchObject({ kind: 'notification', method: 'x' });
    const cancel = { jsonrpc: '2.0', method: '$/cancelRequest', params: { id: 3 } };
    expect(parse(cancel)).toEqual({ kind: 'cancel', id: 3 });
  });

  it.each([
    ['no JSON', '{"jsonrpc":', -32700],
    ['nothing', '', -32700],
    ['a batch', '[]', -32600],
    ['a string', '"x"', -32600],
    ['null', 'null', -32600],
    ['another version', '{"jsonrpc":"1.0","id":1,"method":"x"}', -32600],
    ['no method', '{"jsonrpc":"2.0","id":1,"result":{}}', -32600],
    ['a method that is no name', '{"jsonrpc":"2.0","id":1,"method":7}', -32600],
    ['a method without end', JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'x'.repeat(201) }), -32600],
    ['an id that is null', '{"jsonrpc":"2.0","id":null,"method":"x"}', -32600],
    ['an id that is a fraction', '{"jsonrpc":"2.0","id":1.5,"method":"x"}', -32600],
    ['an id that is too large', '{"jsonrpc":"2.0","id":1e300,"method":"x"}', -32600],
    ['an id that is an object', '{"jsonrpc":"2.0","id":{},"method":"x"}', -32600],
    ['params in a row', '{"jsonrpc":"2.0","id":1,"method":"x","params":[1]}', -32600],
    ['params that are null', '{"jsonrpc":"2.0","id":1,"method":"x","params":null}', -32600],
    ['__proto__', '{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":[{"__proto__":{}}]}}', -32600],
    ['__proto__ in disguise', '{"jsonrpc":"2.0","id":1,"method":"x","params":{"_\\u005fproto__":1}}', -32600],
    ['a cancellation of nothing', '{"jsonrpc":"2.0","method":"$/cancelRequest"}', -32600],
    ['eight million brackets', '['.repeat(8_000_000), -32600],
  ])('is refused for %s', (_what, text, code) => {
    expect(parsePageMessage(text)).toMatchObject({ kind: 'refused', code });
  });

  it('names the request in a refusal wherever it can', () => {
    expect(parse({ jsonrpc: '2.0', id: 9, method: 'x', params: [] })).toMatchObject({ id: 9 });
    expect(parse({ id: 9, method: 'x' })).toMatchObject({ id: 9 });
  });

  it('nests 32 deep and no deeper', () => {
    const message = (depth: number) =>
      parse({ jsonrpc: '2.0', id: 1, method: 'x', params: { a: nested(depth) } });
    expect(message(30)).toMatchObject({ kind: 'request' });
    expect(message(31)).toMatchObject({ kind: 'refused', code: -32600 });
  });

  it('may hold any brackets and the word __proto__ in its texts', () => {
    const text = `${'[{"\\'.repeat(100)} __proto__`;
    expect(parse({ jsonrpc: '2.0', id: 1, method: 'x', params: { text } })).toMatchObject({
      kind: 'request',
      params: { text },
    });
  });

  it('never throws, whatever comes', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void parsePageMessage(text)));
  });

  it('has its depth told rightly without parsing', () => {
    const depthOf = (value: unknown): number =>
      typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.nat(8), (value, limit) => {
        expect(nestingOver(JSON.stringify(value), limit)).toBe(depthOf(value) > limit);
      }),
    );
  });
});
