export type { Circumstances, Verdict } from './judge-ingress.ts';
export type { AdmissionRequest } from './parse-review.ts';
export { renderFailure, type AdmissionAnswer } from './render-answer.ts';
export { createReviewer, type Review, type Reviewer } from './reviewer.ts';
