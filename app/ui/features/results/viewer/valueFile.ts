import { bytesOfHex, imageType, isBytes } from './valueForms.ts';

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

/** A value as a file: a bytea's own bytes, with the ending of what they are; all else as text. */
export function fileOf({ name, typeName, text }: { name: string; typeName: string; text: string }): {
  name: string;
  blob: Blob;
} {
  const base = name.replace(/[^\p{L}\p{N}_-]+/gu, '_').slice(0, 80) || 'value';
  if (isBytes(typeName, text)) {
    const type = imageType(text);
    const blob = new Blob([bytesOfHex(text.slice(2))], { type: type ?? 'application/octet-stream' });
    return { name: `${base}.${extensions.get(type ?? '') ?? 'bin'}`, blob };
  }
  const ending = typeName.startsWith('json') ? 'json' : typeName === 'xml' ? 'xml' : 'txt';
  return { name: `${base}.${ending}`, blob: new Blob([text], { type: 'text/plain' }) };
}
