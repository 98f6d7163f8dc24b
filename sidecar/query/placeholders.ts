import type { AppError } from '#shared/error/appError.ts';

const undefinedParameter = '42P02';
const syntaxError = '42601';

/**
 * A text from a program has places for values that the program would fill. The server says of `$1` that there is no such
 * parameter, and of `:name` that it is no SQL: what to do is added here. A hint of the server's own stays.
 */
export function withPlaceholderHint(error: AppError, statement: string): AppError {
  const { hint, position, sqlstate } = error.facts;
  if (hint !== undefined || position === undefined) return error;
  const rest = statement.slice(position, position + 100);
  const name =
    sqlstate === undefinedParameter
      ? /^\$\d+/.exec(rest)?.[0]
      : sqlstate === syntaxError
        ? /^:['"]?[\p{L}_][\p{L}\p{N}_]*['"]?/u.exec(rest)?.[0]
        : undefined;
  return name === undefined ? error : error.with({ hint: hintFor(name) });
}

const hintFor = (name: string): string =>
  `${name} is a place for a value, and a statement is sent here as it stands. Write the value there${
    name.startsWith('$') ? ', or PREPARE the statement and EXECUTE it with values' : ''
  }.`;
