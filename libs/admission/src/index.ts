export { AdmissionIndex } from './admission-index.ts';
export { admissionOf, type Admission } from './admission-of.ts';
export type { Circumstances } from './judge.ts';
export { parseReview, type AdmissionRequest } from './parse-review.ts';
export { renderAnswer, renderFailure, type AdmissionAnswer } from './render-answer.ts';
export { createReviewer, type Reviewer } from './reviewer.ts';
export type { Verdict } from './verdict.ts';
