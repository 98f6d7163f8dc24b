import { AppError } from '#shared/error/appError.ts';
import type { ErrorCode } from '#shared/error/codes.ts';

type KeychainCode = Extract<ErrorCode, `KEYCHAIN_${string}`>;

/** The words in which the libraries say what is the matter; there are no codes. */
const signs: [RegExp, KeychainCode][] = [
  [/locked collection|is locked|prompt was dismissed|interaction is not allowed/i, 'KEYCHAIN_LOCKED'],
  [/denied|not authori[sz]ed|user cancell?ed|authorization|not permitted/i, 'KEYCHAIN_DENIED'],
  [/did not receive a reply|timed? ?out|timeout/i, 'KEYCHAIN_TIMEOUT'],
];

const words: Record<KeychainCode, { message: string; hint: string }> = {
  KEYCHAIN_UNAVAILABLE: {
    message: 'There is no keychain here that Hawser could use.',
    hint: 'Passwords are kept for this session only. On Linux a keychain is GNOME Keyring, KWallet or KeePassXC within a desktop session.',
  },
  KEYCHAIN_TIMEOUT: {
    message: 'The keychain did not answer within 2 s.',
    hint: 'It may be waiting for you to unlock it. Answer its dialog and try again, or type the password for this session.',
  },
  KEYCHAIN_LOCKED: {
    message: 'The keychain is locked.',
    hint: 'Unlock it and try again, or type the password for this session.',
  },
  KEYCHAIN_DENIED: {
    message: 'The keychain does not let Hawser in.',
    hint: 'Allow it in the settings of the keychain, or type the password for this session.',
  },
};

export const keychainError = (code: KeychainCode, cause?: unknown): AppError =>
  new AppError(code, words[code].message, {
    hint: words[code].hint,
    ...(cause instanceof Error ? { detail: cause.message } : {}),
    actions: [
      { id: 'enterPassword', label: 'Enter password' },
      { id: 'retry', label: 'Try again' },
    ],
    cause,
  });

/** What a library threw, as an error of the catalogue. */
export function classifyKeychain(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const code = signs.find(([sign]) => sign.test(text))?.[1] ?? 'KEYCHAIN_UNAVAILABLE';
  return keychainError(code, error);
}
