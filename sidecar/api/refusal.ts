/** A request that no handler sees: JSON-RPC has codes of its own for these. */
export class RequestRefused extends Error {
  readonly why: 'methodNotFound' | 'invalidParams';
  readonly issues: { path: string; message: string }[];

  constructor(why: RequestRefused['why'], message: string, issues: RequestRefused['issues'] = []) {
    super(message);
    this.why = why;
    this.issues = issues;
  }
}
