import { imageType, isBytes } from './valueForms.ts';

const extensions = new Map([
  ['image/png', 'png'],
  ['image/jpeg', 'jpg'],
  ['image/gif', 'gif'],
  ['image/webp', 'webp'],
  ['image/bmp', 'bmp'],
  ['image/avif', 'avif'],
  ['image/x-icon', 'ico'],
  ['image/svg+xml', 'svg'],
]);

/** How a value's file is called: with the ending of what its bytes are, or of what its type is written in. */
export function fileNameOf({
  name,
  typeName,
  head,
}: {
  name: string;
  typeName: string;
  head: string;
}): string {
  const base = name.replace(/[^\p{L}\p{N}_-]+/gu, '_').slice(0, 80) || 'value';
  const ending = isBytes(typeName, head)
    ? (extensions.get(imageType(head) ?? '') ?? 'bin')
    : typeName.startsWith('json')
      ? 'json'
      : typeName === 'xml'
        ? 'xml'
        : 'txt';
  return `${base}.${ending}`;
}
