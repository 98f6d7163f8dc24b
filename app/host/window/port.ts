/** A window that Hawser opened. */
export interface OpenedWindow {
  /** Resolves when the user has closed it; never for a page in a browser that is not ours. */
  readonly closed: Promise<void>;
  /** Closes it, at the latest after two seconds. Idempotent. */
  close(): Promise<void>;
  /** Brings it to the front. Absent where the window is not ours to move. */
  raise?(): void;
}

export interface WindowOptions {
  /** The address with its one-time code: never on a command line or in a file where that can be helped. */
  url: string;
  /** A page of ours without contents, for a window that is told the real address by another way. */
  openingUrl: string;
  origin: string;
  /** Where the window keeps its own files. */
  profileFolder: string;
}

/** One way to show the page. Undefined: it is not to be had on this machine. */
export type OpenWindow = (options: WindowOptions) => Promise<OpenedWindow | undefined>;
