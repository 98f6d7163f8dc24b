import * as z from 'zod';

/** A host key that a person has looked at: it is accepted where a hop shows exactly this one and none is known yet. */
export const trustedHostKeySchema = z.strictObject({
  /** As OpenSSH writes it, `SHA256:...`. */
  fingerprint: z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/, 'A fingerprint is written as SHA256:...'),
  /** Written to known_hosts; else it is accepted this once. */
  remember: z.boolean(),
});

/** By the hop's id or its position, from 0. */
export const hostKeyTrustSchema = z.record(z.string(), trustedHostKeySchema);
export type HostKeyTrust = z.infer<typeof hostKeyTrustSchema>;

/**
 * What is said of a host key that is asked for or refused: `facts` of a prompt of kind `hostKey`, and `detail` of
 * SSH_HOST_KEY_UNKNOWN and SSH_HOST_KEY_CHANGED.
 */
export const hostKeyFactsSchema = z.object({
  /** The hop's id, by which it is trusted. */
  hop: z.string(),
  host: z.string(),
  port: z.int(),
  /** The key's type, for example `ssh-ed25519`. */
  algorithm: z.string(),
  fingerprint: z.string(),
  /** The keys that are known for this host: what it had before, or revoked ones. */
  known: z
    .array(z.object({ algorithm: z.string(), fingerprint: z.string(), file: z.string(), line: z.int() }))
    .optional(),
});
export type HostKeyFacts = z.infer<typeof hostKeyFactsSchema>;
