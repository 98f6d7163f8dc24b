/**
 * What one button does about an error of TLS. The error's `detail` holds what it needs: `trust.pem` is the certificate to
 * trust (with its own facts beside it), `spkiSha256` the key to pin.
 */
export const tlsActions = {
  /** Mode `verify-full`, or `require` where the user has chosen not to verify. */
  enableTls: { id: 'enableTls', label: 'Turn TLS on and retry' },
  /** `trust.pem` as CA file. */
  trustCa: { id: 'trustCa', label: 'Trust this certificate' },
  /** The key as pin, and mode `require`: then the pin is what is verified, and the rest of the certificate is not. */
  pinKey: { id: 'pinKey', label: 'Pin this key' },
  /** Of the client's key. */
  enterPassphrase: { id: 'enterPassphrase', label: 'Enter passphrase' },
} as const;
