import { homedir } from 'node:os';
import path from 'node:path';

/** Where OpenSSH keeps the user's things, too. */
export const sshFolder = (): string => path.join(homedir(), '.ssh');

/** `~` and what stands before it in no other way: the user's home. */
export const withHome = (text: string): string =>
  text === '~' || text.startsWith('~/') || text.startsWith('~\\')
    ? path.join(homedir(), text.slice(1))
    : text;
