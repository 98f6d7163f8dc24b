import { AppError } from '#shared/error/appError.ts';

/** What others have written is read field by field: what is not there, or of another kind, is as good as absent. */
export type Fields = Record<string, unknown>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An object within another one; an empty one where there is none. */
export function fieldsOf(owner: unknown, field: string): Fields {
  const value = at(owner, field);
  return isFields(value) ? value : {};
}

/** A text with something in it; numbers count as their digits. */
export function textOf(owner: unknown, field: string): string | undefined {
  const value = at(owner, field);
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

/** A whole number, also where it was written as a text. */
export function numberOf(owner: unknown, field: string): number | undefined {
  const text = textOf(owner, field);
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** On or off, in the ways that files have for it. */
export function flagOf(owner: unknown, field: string): boolean | undefined {
  const value = at(owner, field);
  if (typeof value === 'boolean') return value;
  if (value === 1 || value === '1' || value === 'true') return true;
  return value === 0 || value === '0' || value === 'false' ? false : undefined;
}

const at = (owner: unknown, field: string): unknown =>
  isFields(owner) && Object.hasOwn(owner, field) ? owner[field] : undefined;

/** Throws IMPORT_UNREADABLE, which never repeats what stands in the file. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, '')) as unknown;
  } catch {
    throw unreadable('This file is not whole JSON.');
  }
}

export const unreadable = (message: string, hint?: string): AppError =>
  new AppError('IMPORT_UNREADABLE', message, { hint });
