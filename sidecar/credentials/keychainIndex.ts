import * as z from 'zod';
import type { DataFolder } from '../storage/dataFolder.ts';
import { JsonFile } from '../storage/jsonFile.ts';
import { fileOf } from '../storage/storeFormat.ts';
import { keychainLibraryNames, type KeychainLibraryName } from './keychainLibraries.ts';

const entrySchema = z.strictObject({
  account: z.string(),
  /** Which library wrote it, for the other one may not find it. */
  library: z.enum(keychainLibraryNames),
  /** To be deleted as soon as the keychain lets us. */
  doomed: z.literal(true).optional(),
});
export type KeychainEntry = z.infer<typeof entrySchema>;

interface Entries {
  entries: KeychainEntry[];
}

/**
 * Which entries of the keychain are ours, in `keychain.json`: their names, never their content. Without it a keychain would
 * have to be asked (and the user to unlock it) for passwords that were never put there.
 */
export class KeychainIndex {
  readonly #file: JsonFile<Entries>;

  private constructor(file: JsonFile<Entries>) {
    this.#file = file;
  }

  static async open(folder: DataFolder): Promise<KeychainIndex> {
    const file = await JsonFile.open<Entries>({
      path: folder.paths.keychain,
      schema: fileOf({ entries: entrySchema.array() }),
      version: 1,
      initial: { entries: [] },
      onProblem: folder.problems.reporter('keychain.json'),
    });
    return new KeychainIndex(file);
  }

  list(): readonly KeychainEntry[] {
    return this.#file.read().entries;
  }

  /** The entry that counts. */
  get(account: string): KeychainEntry | undefined {
    return this.list().find((entry) => entry.account === account && !entry.doomed);
  }

  doomed(account?: string): KeychainEntry[] {
    return this.list().filter((entry) => entry.doomed && (account ?? entry.account) === entry.account);
  }

  /** From now on this is the entry that counts; what the other library wrote is to go. Known at once, then on disk. */
  put(account: string, library: KeychainLibraryName): Promise<void> {
    const others = this.list().map((entry) =>
      entry.account === account ? { ...entry, doomed: true as const } : entry,
    );
    return this.#write([...others.filter((entry) => !isOf(entry, account, library)), { account, library }]);
  }

  /** Known at once, then on disk. */
  doom(account: string): Promise<void> {
    const entries = this.list().map((entry) =>
      entry.account === account ? { ...entry, doomed: true as const } : entry,
    );
    return this.#write(entries);
  }

  drop({ account, library }: KeychainEntry): Promise<void> {
    return this.#write(this.list().filter((entry) => !isOf(entry, account, library)));
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  #write(entries: KeychainEntry[]): Promise<void> {
    const same = JSON.stringify(entries) === JSON.stringify(this.list());
    return same ? this.#file.flush() : this.#file.write({ entries });
  }
}

const isOf = (entry: KeychainEntry, account: string, library: KeychainLibraryName): boolean =>
  entry.account === account && entry.library === library;
