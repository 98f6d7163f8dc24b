/** ssh2 uses it in one go; it brings no types. */
declare module 'bcrypt-pbkdf' {
  const bcrypt: {
    /** The hash of two SHA-512 sums goes into `out`, 32 bytes. */
    hash(sha2pass: Uint8Array, sha2salt: Uint8Array, out: Uint8Array): void;
  };
  export default bcrypt;
}
