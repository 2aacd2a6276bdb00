/**
 * Duty: what the table of Problems says of each code.
 */

export interface ProblemDeclaration {
  /** `error`: something the author asked for is not served. `warning`: all is served, but not as they may think. */
  readonly severity: 'error' | 'warning';
  /** What the admission webhook does with an object that has this Problem and did not have it before. */
  readonly admission: 'deny' | 'warn' | 'silent';
  /** What it means, one sentence. */
  readonly summary: string;
  /** What the author does about it, one sentence. */
  readonly remedy: string;
}
