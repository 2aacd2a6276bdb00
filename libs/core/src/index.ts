export { errorReasons, type ErrorReason } from './error-reason.ts';
export { nearestName } from './nearest-name.ts';
export { err, ok, type Err, type Ok, type Result } from './result.ts';
export {
  compareObjectRefs,
  compareText,
  describeObject,
  objectKey,
  type ObjectKey,
  type ObjectKind,
  type ObjectRef,
} from './object-ref.ts';
export {
  compareProblems,
  describeProblem,
  problemSeverity,
  quoteFound,
  type Problem,
  type Severity,
} from './problem.ts';
export type { ProblemDeclaration } from './problem-declaration.ts';
export { problemTable, type ProblemCode } from './problem-table.ts';
export { renderProblemsPage } from './problems-page.ts';
