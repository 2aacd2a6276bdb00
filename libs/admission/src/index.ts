export type { Circumstances, Verdict } from './judge-ingress.ts';
export { parseReview, type AdmissionRequest } from './parse-review.ts';
export { renderAnswer, renderFailure, type AdmissionAnswer } from './render-answer.ts';
export { createReviewer, type Reviewer } from './reviewer.ts';
