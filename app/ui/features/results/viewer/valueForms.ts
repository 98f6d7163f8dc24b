/** How the viewer can show a value. */
export type ValueForm = 'text' | 'tree' | 'hex' | 'image';

/** Larger ones would take the page seconds to read: their text is shown, and said so. */
export const maxTreeCharacters = 16 * 1024 * 1024;
export const maxImageBytes = 24 * 1024 * 1024;

/** What a value of this type can be shown as; the first is the usual one. */
export function formsOf(typeName: string, head: string | null | undefined): ValueForm[] {
  if (head === null || head === undefined || head === '') return ['text'];
  if (isBytes(typeName, head)) return imageType(head) ? ['image', 'hex', 'text'] : ['hex', 'text'];
  if (isTreeType(typeName, head)) return ['tree', 'text', 'hex'];
  return isSvg(head) ? ['text', 'image', 'hex'] : ['text', 'hex'];
}

export const isBytes = (typeName: string, head: string): boolean =>
  typeName === 'bytea' && head.startsWith('\\x');

const isTreeType = (typeName: string, head: string): boolean =>
  typeName === 'json' ||
  typeName === 'jsonb' ||
  (typeName.endsWith('[]') && /^(?:\[[-\d:,[\]]+\]=)?\{/u.test(head)) ||
  (/^\s*[[{]/u.test(head) && isJsonStart(head)) ||
  /^\(.*\)$/su.test(head);

/** Texts often hold JSON: an object with a quoted name, or a list, and nothing but JSON behind it where it is short. */
function isJsonStart(head: string): boolean {
  if (!/^\s*(?:\{\s*["}]|\[\s*[[{"\d\]tfn-])/u.test(head)) return false;
  if (head.length > 100_000) return true;
  try {
    JSON.parse(head);
    return true;
  } catch {
    return false;
  }
}

const isSvg = (head: string): boolean =>
  /^\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--[\s\S]*?-->\s*)*<svg[\s>]/u.test(head);

const signatures: readonly (readonly [string, RegExp])[] = [
  ['image/png', /^89504e470d0a1a0a/u],
  ['image/jpeg', /^ffd8ff/u],
  ['image/gif', /^47494638/u],
  ['image/webp', /^52494646.{8}57454250/u],
  ['image/bmp', /^424d.{8}0000/u],
  ['image/avif', /^.{8}6674797061766966/u],
  ['image/x-icon', /^00000100/u],
  // `<svg`, and `<?xml` with an svg behind it.
  ['image/svg+xml', /^3c737667|^3c3f786d6c.*3c737667/u],
];

/** The kind of picture that the server's `\x...` begins with. */
export function imageType(hex: string): string | undefined {
  const digits = hex.slice(2, 2_000);
  return signatures.find(([, pattern]) => pattern.test(digits))?.[0];
}

/** Digits of the server's form as bytes. */
export function bytesOfHex(digits: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(digits.length >>> 1);
  for (let at = 0; at < bytes.length; at += 1)
    bytes[at] = (digitOf(digits.charCodeAt(2 * at)) << 4) | digitOf(digits.charCodeAt(2 * at + 1));
  return bytes;
}

const digitOf = (code: number): number => (code <= 57 ? code - 48 : (code | 32) - 87);

/** A picture as an address of its own. Within an `img` no script of it runs and nothing is fetched. */
export function imageAddress(text: string): string {
  if (!text.startsWith('\\x')) return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  const bytes = bytesOfHex(text.slice(2));
  const parts: string[] = [];
  for (let from = 0; from < bytes.length; from += 0x8000)
    parts.push(String.fromCharCode(...bytes.subarray(from, from + 0x8000)));
  return `data:${imageType(text) ?? 'application/octet-stream'};base64,${btoa(parts.join(''))}`;
}

const units = ['bytes', 'KB', 'MB', 'GB'] as const;

/** `17 bytes`, `1.4 MB`. */
export function sizeWords(bytes: number): string {
  if (bytes === 1) return '1 byte';
  let size = bytes;
  let unit = 0;
  for (; size >= 1024 && unit < units.length - 1; unit += 1) size /= 1024;
  return `${size.toLocaleString(undefined, { maximumFractionDigits: unit === 0 ? 0 : 1 })} ${units[unit] ?? ''}`;
}

/** How much of a value is here; sizes are those of its UTF-8. */
interface Fetched {
  readonly text: string | null | undefined;
  readonly bytes: number | undefined;
  readonly loadedBytes: number;
  readonly complete: boolean;
}

/** `16 characters · 16 bytes`; of a bytea its own bytes, each of which the server writes as two digits. */
export function lengthWords({ text, bytes, loadedBytes, complete }: Fetched, typeName: string): string {
  if (bytes === undefined) return '';
  if (text === null || text === undefined) return text === null ? 'NULL' : '';
  const isDigits = isBytes(typeName, text);
  const sizeOf = (size: number): string => sizeWords(isDigits ? (size - 2) / 2 : size);
  if (!complete) return `${sizeOf(loadedBytes)} of ${sizeOf(bytes)}`;
  if (isDigits || bytes === 0) return isDigits ? sizeOf(bytes) : '';
  return `${text.length.toLocaleString()} characters · ${sizeWords(bytes)}`;
}
