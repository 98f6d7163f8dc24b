import { homedir } from 'node:os';
import path from 'node:path';
import { wholePath } from '../storage/paths.ts';

/** Where OpenSSH keeps the user's things, too. */
export const sshFolder = (): string => path.join(homedir(), '.ssh');

/** A path as it stands in a configuration: what is not whole begins there. */
export const inSshFolder = (text: string): string => wholePath(text) ?? path.join(sshFolder(), text);
