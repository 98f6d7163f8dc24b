const lookEachMs = 500;

/**
 * Tells when nothing has come in for too long. Looked at by the bytes, not by the answers to questions: those wait behind
 * the data on a slow link. A look that comes late means that we slept; then the time starts anew.
 */
export function watchSilence(
  stream: { readonly bytesRead: number },
  limitMs: number,
  onSilence: () => void,
): () => void {
  let bytes = stream.bytesRead;
  let heardAt = performance.now();
  let lookedAt = heardAt;
  const timer = setInterval(() => {
    const now = performance.now();
    const slept = now - lookedAt > lookEachMs + 1_000;
    lookedAt = now;
    if (stream.bytesRead !== bytes || slept) {
      bytes = stream.bytesRead;
      heardAt = now;
    } else if (now - heardAt >= limitMs) {
      clearInterval(timer);
      onSilence();
    }
  }, lookEachMs);
  return () => clearInterval(timer);
}
