import { describe, expect, it } from 'vitest';
import { AppError } from '#shared/error/appError.ts';
import { detect } from './detect.ts';

const refused = (text: string, fileName?: string): { message: string; hint: string | undefined } => {
  try {
    detect(text, fileName);
  } catch (error) {
    if (error instanceof AppError) return { message: error.message, hint: error.facts.hint };
  }
  throw new Error('It was not refused');
};

describe('a file that somebody chose', () => {
  it.each([
    ['hawser', '{"format":"hawser-connections","version":1}'],
    ['pgadmin', '\uFEFF{"Servers":{}}'],
    ['dbeaver', '{"folders":{},"connections":{}}'],
    ['dbgate', '{"_id":"1","engine":"postgres@dbgate-plugin-postgres"}'],
    ['dbgate', '{"_id":"1","engine":"mysql@x"}\n{"_id":"2","engine":"postgres@x"}\n'],
    ['dbgate', '[{"engine":"postgres@x"}]'],
    ['tableplus', '<?xml version="1.0"?><!DOCTYPE plist><plist version="1.0"/>'],
    ['service', '# services\n[billing]\nhost=h\n'],
    ['pgpass', '# comment\r\nhost:5432:*:me:secret\r\n\r\na\\:b:*:*:x:y'],
  ])('is told to be of %s by what stands in it', (source, text) => {
    expect(detect(text)).toBe(source);
  });

  it.each([
    ['', undefined, /is empty/],
    ['hello', undefined, /No connections that Hawser knows/],
    ['{"a":1}', undefined, /No connections/],
    ['[1,2]', undefined, /No connections/],
    ['<html></html>', undefined, /No connections/],
    ['bplist00\u0001', undefined, /binary/],
    ['SQLite format 3\0', 'pgadmin4.db', /pgAdmin’s own database/],
    ['\u0000\u0001', 'all.tableplusconnection', /encrypts/],
  ])('is refused with what to do instead: %j', (text, fileName, words) => {
    const { message, hint } = refused(text, fileName);
    expect(message).toMatch(words);
    expect(hint).toBeTruthy();
  });
});
