/** The names in a value of search_path as the server writes it: in quotes where they need them, else in any case. */
export const namesInPath = (value: string): string[] =>
  [...value.matchAll(/"((?:[^"]|"")*)"|[^\s,"]+/g)].map(([word, inQuotes]) =>
    inQuotes === undefined ? word.toLowerCase() : inQuotes.replaceAll('""', '"'),
  );
