/**
 * Duty: the shape of a row of the table of faults, and where tests are.
 */
interface TestName {
  /** From the root of the repository. */
  readonly file: string;
  /** As it stands there, or, where scenarios are run, in their file. */
  readonly title: string;
}

export interface FaultRow {
  readonly id: string;
  readonly fault: string;
  readonly promise: string;
  readonly tests: readonly TestName[];
  /** What of it no test has. */
  readonly lacks?: string;
}

export const E2E = 'e2e/src';
export const FAULTS = 'e2e/src/faults';
export const KUBE_CLIENT = 'libs/kube-client/src';
/** Scenarios of libs/testing, run with a real API server; kube-source-contract.spec.ts has them with a fake one, too. */
export const AT_API_SERVER = `${E2E}/kube-source.apiserver.spec.ts`;

export const test = (file: string, title: string): TestName => ({ file, title });
