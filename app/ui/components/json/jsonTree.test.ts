import { describe, expect, it } from 'vitest';
import { jsonPath, JsonText } from './jsonText.ts';
import { childrenPerPart, JsonTree } from './jsonTree.svelte.ts';

describe('a JSON text as a tree', () => {
  const text = ' {"id": 12345678901234567890.10, "id": 2, "a\\"b": [1, "x, ]", {"deep": null}], "t": true} ';

  it('keeps numbers, repeated names and their order as they were sent', () => {
    const json = new JsonText(text);
    const root = json.root();
    if (!root) throw new Error('It has no root');
    const { nodes, next } = json.children(root, 10);
    expect(nodes.map((node) => [node.key, node.kind, json.valueOf(node)])).toEqual([
      ['id', 'number', '12345678901234567890.10'],
      ['id', 'number', '2'],
      ['a"b', 'array', '[1, "x, ]", {"deep": null}]'],
      ['t', 'boolean', 'true'],
    ]);
    expect(next).toBeUndefined();
  });

  it('opens what is around a place, and says the way there', () => {
    const tree = new JsonTree(text);
    const node = tree.reveal(text.indexOf('deep'));
    const line = tree.lines.find((each) => each.node === node);
    expect(line && tree.pathOf(line)).toBe('$."a\\"b"[2].deep');
    expect(jsonPath([])).toBe('$');
  });

  it('shows many children part by part, and finds one that is not shown yet', () => {
    const many = JSON.stringify(Array.from({ length: 2_500 }, (_, index) => `item ${index}`));
    const tree = new JsonTree(many);
    expect(tree.lines).toHaveLength(1 + childrenPerPart + 1);
    const node = tree.reveal(many.indexOf('item 2400'));
    expect(node && tree.text.valueOf(node)).toBe('item 2400');
    expect(tree.lines).toHaveLength(1 + 2_500);
  });

  it('opens so many levels as are asked for', () => {
    const keys = (levels: number) =>
      new JsonTree('{"a":{"b":{"c":1}}}', levels).lines.map(({ node }) => node.key);
    expect(keys(1)).toEqual([undefined, 'a']);
    expect(keys(2)).toEqual([undefined, 'a', 'b']);
  });

  it.each(['', '{', '{"a"', '[1,', '{"a":}', 'nonsense', '"open', '[,]', '{1:2}'])(
    '%j does no harm',
    (broken) => {
      const tree = new JsonTree(broken);
      expect(tree.lines.length).toBeLessThan(4);
    },
  );
});
