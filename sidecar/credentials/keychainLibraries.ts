import { createRequire } from 'node:module';

/** Both keep the same secrets in the same place of the system, but on Linux neither finds what the other wrote. */
export const keychainLibraryNames = ['keytar', 'keyring'] as const;
export type KeychainLibraryName = (typeof keychainLibraryNames)[number];

export interface KeychainLibrary {
  name: KeychainLibraryName;
  /** Of its module. */
  path: string;
}

const require = createRequire(import.meta.url);

const resolvers: Record<KeychainLibraryName, () => string> = {
  keytar: () => require.resolve('keytar'),
  keyring: () => require.resolve('@napi-rs/keyring'),
};

/** Those that are installed, the preferred one first. They are optional: an installation without both is whole. */
export function installedLibraries(): KeychainLibrary[] {
  return keychainLibraryNames.flatMap((name) => {
    try {
      return [{ name, path: resolvers[name]() }];
    } catch {
      return [];
    }
  });
}
