import * as z from 'zod';

// To make code for each schema takes a start longer than all that it parses, and a page's policy forbids it anyway.
z.config({ jitless: true });

/** A request as data: strict schemas of what goes in (by name, one object) and what comes back. */
export interface MethodDefinition<P extends z.ZodType = z.ZodType, R extends z.ZodType = z.ZodType> {
  readonly params: P;
  readonly result: R;
}

export const method = <P extends z.ZodType, R extends z.ZodType>(
  params: P,
  result: R,
): MethodDefinition<P, R> => ({
  params,
  result,
});

export const empty = z.strictObject({});

/** Unix milliseconds. */
export const timestamp = z.int().nonnegative();

/** An identifier made by the sidecar or, for documents and windows, by the window. */
export const identifier = z.string().min(1).max(200);
