/**
 * What a way to a server may ask for, each fetched when it is asked for and not before: a server that trusts its clients
 * never opens a keychain. All reject with what the user can do about it where their source could not give them.
 */
export interface LoginSecrets {
  /**
   * Of the database user; rejects with CREDENTIAL_REQUIRED where there is none. A password file may hold another one for
   * each host and database.
   */
  password(target?: Partial<LoginTarget>): Promise<string>;
  /** Of the client certificate's key. */
  keyPassphrase(): Promise<string | undefined>;
  /** Of one SSH hop, by its id in the definition. */
  hop(id: string): HopSecrets;
}

/** As the definition names it, whatever tunnel leads there. */
export interface LoginTarget {
  host: string;
  port: number;
  database: string;
}

export interface HopSecrets {
  password(): Promise<string | undefined>;
  /** Of its key file. */
  passphrase(): Promise<string | undefined>;
}
