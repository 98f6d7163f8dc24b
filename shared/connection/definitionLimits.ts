/** More is not read of one file. */
export const maxDefinitionBytes = 4 * 1024 * 1024;
/** More of one file is not offered at once. */
export const maxDefinitions = 1_000;
