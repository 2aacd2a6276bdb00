/**
 * Duty: what a case of the corpus of judged objects is, once it is read. How it is written in a file stands in
 * `written-case.ts`.
 */

/** An object as it is posted to an API server, whatever is wrong with it. */
export type CorpusObject = Readonly<Record<string, unknown>>;

export interface CorpusCase {
  /** `annotations/app-root.yaml`. */
  readonly file: string;
  /** A sentence; no two cases of a file have the same. */
  readonly title: string;
  /** What a case about CVEs of ingress-nginx is about. */
  readonly cves: readonly string[];
  /** Whoever wrote the object means harm. */
  readonly hostile: boolean;
  /** The annotation that the case is about, without prefix. */
  readonly annotation?: string;
  /** Flags of the controller beside the usual ones. */
  readonly flags: readonly string[];
  /** Everything that exists already but `before`. */
  readonly world: readonly CorpusObject[];
  /** The stored form that the object replaces: an update. */
  readonly before?: CorpusObject;
  /** What is judged. */
  readonly object: CorpusObject;
  readonly verdict: 'admitted' | 'denied';
  /** Every reason of a denial. */
  readonly reasons: readonly ExpectedProblem[];
  /** Every warning. */
  readonly warnings: readonly ExpectedProblem[];
}

export interface ExpectedProblem {
  readonly code: string;
  readonly field: string;
  /** Parts of the message. */
  readonly says: readonly string[];
}
