export type { CorpusCase, CorpusObject, ExpectedProblem } from './corpus-case.ts';
export { readCorpus } from './read-corpus.ts';
export { asV1beta1, reviewOf } from './review-of.ts';
export { routingOptionsOf, snapshotOfJson } from './world-of-case.ts';
