/**
 * Duty: one line of a check: a broken file or a Problem, with its place.
 */
import {
  compareProblems,
  compareText,
  describeObject,
  problemTable,
  quoteFound,
  type Problem,
  type ProblemCode,
  type Severity,
} from '@gatehouse/core';
import type { ManifestProblem } from '@gatehouse/manifests';
import type { ObjectsRead } from '../read-objects.ts';

export interface Finding {
  readonly severity: Severity;
  readonly code: ProblemCode | FileCode;
  readonly message: string;
  /** `Ingress default/cafe`, with the field; empty for a file. */
  readonly object: string;
  readonly field: string;
  /** Undefined when the object comes from no file, as a Service that is missing. */
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/** Of files and directories, beside the codes of the table of Problems. */
type FileCode = 'FileUnreadable' | 'NoManifest';

const FILE_CODES: Readonly<Record<FileCode, { readonly summary: string; readonly remedy: string }>> = {
  FileUnreadable: {
    summary: 'The file or directory cannot be read.',
    remedy: 'Correct what the message names.',
  },
  NoManifest: {
    summary: 'The directory holds no manifest, so nothing was checked.',
    remedy: 'Name the directory that holds the files; they end in .yaml, .yml or .json.',
  },
};

/** What the code means, one sentence with a full stop. */
export function summaryOf(code: Finding['code']): string {
  return isFileCode(code) ? FILE_CODES[code].summary : problemTable[code].summary;
}

/** What to do about it, one sentence with a full stop. */
export function remedyOf(code: Finding['code']): string {
  return isFileCode(code) ? FILE_CODES[code].remedy : problemTable[code].remedy;
}

function isFileCode(code: Finding['code']): code is FileCode {
  return Object.hasOwn(FILE_CODES, code);
}

/** All findings, by file, line and column; those without a file last. */
export function listFindings(read: ObjectsRead, problems: readonly Problem[]): readonly Finding[] {
  const ofObjects = [...problems].sort(compareProblems).map((problem) => fromProblem(read, problem));
  return [...read.fileProblems.map(fromFile), ...read.emptyDirectories.map(fromEmptyDirectory), ...ofObjects].sort(
    comparePlaces,
  );
}

function fromFile({ message, ...place }: ManifestProblem): Finding {
  return { severity: 'error', code: 'FileUnreadable', message, object: '', field: '', ...place };
}

function fromEmptyDirectory(file: string): Finding {
  const message = `no YAML or JSON file in ${quoteFound(file, 1000)}`;
  return { severity: 'warning', code: 'NoManifest', message, object: '', field: '', file };
}

function fromProblem({ manifests }: ObjectsRead, problem: Problem): Finding {
  return {
    severity: problemTable[problem.code].severity,
    code: problem.code,
    message: problem.message,
    object: describeObject(problem.object),
    field: problem.field,
    ...manifests.placeOf(problem),
  };
}

const LAST = '\u{10ffff}';

function comparePlaces(a: Finding, b: Finding): number {
  return (
    compareText(a.file ?? LAST, b.file ?? LAST) ||
    (a.line ?? 0) - (b.line ?? 0) ||
    (a.column ?? 0) - (b.column ?? 0) ||
    compareText(a.code, b.code)
  );
}
