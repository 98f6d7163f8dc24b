import { createHash } from 'node:crypto';

const version = 2;

/** The first line of a file; the second is the value. */
export interface LevelHeader {
  way: string;
  server?: string | undefined;
  database: string;
  key: string;
  fetchedAt: number;
}

const checksum = (text: string): string => createHash('sha256').update(text).digest('base64');

export function encodeLevel(header: LevelHeader, value: unknown): string {
  const body = JSON.stringify(value);
  return `${JSON.stringify({ version, ...header, checksum: checksum(body) })}\n${body}\n`;
}

/** A text tells what is wrong with the file; it never repeats what is in there. */
export function decodeLevel(
  bytes: Buffer,
  { database, key }: { database: string; key: string },
): { header: LevelHeader; value: unknown } | string {
  const text = bytes.toString('utf8');
  const end = text.indexOf('\n');
  const body = text.slice(end + 1, -1);
  try {
    const header = JSON.parse(text.slice(0, end)) as LevelHeader & { version: number; checksum: string };
    if (header.version !== version) return 'It has another version.';
    if (header.checksum !== checksum(body)) return 'It is not as it was written.';
    if (header.database !== database || header.key !== key) return 'It is of something else.';
    return { header, value: JSON.parse(body) as unknown };
  } catch {
    return 'It is no whole JSON.';
  }
}
