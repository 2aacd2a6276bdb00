/**
 * Duty: what can be wrong with users' objects, as data. Every surface (admission answer, Events, log, status page,
 * command line, documentation) tells the same Problems; none of them makes up its own text.
 */
import { problemTable, type ProblemCode } from './problem-table.ts';
import { compareObjectRefs, compareText, describeObject, type ObjectRef } from './object-ref.ts';

export type Severity = 'error' | 'warning';

/** One thing that is wrong with one object. */
export interface Problem {
  readonly code: ProblemCode;
  readonly object: ObjectRef;
  /** Path of the field, as kubectl prints it: `spec.rules[0].host`; empty when the whole object is meant. */
  readonly field: string;
  /** One sentence: what was found, and what is allowed instead. It ends without a full stop. */
  readonly message: string;
  /** The other object that this is about, such as the winner of a conflict. */
  readonly related?: ObjectRef;
  /** How much there is of what is limited. An update that has no more of it makes nothing worse. */
  readonly amount?: number;
}

/** Whether the object (or part of it) is not served because of this. */
export function problemSeverity(problem: Problem): Severity {
  return problemTable[problem.code].severity;
}

/** By object, field, code, then message: the order in which Problems are always shown. */
export function compareProblems(a: Problem, b: Problem): number {
  return (
    compareObjectRefs(a.object, b.object) ||
    compareFields(a.field, b.field) ||
    compareText(a.code, b.code) ||
    compareText(a.message, b.message)
  );
}

/** As text, but for indexes, which are numbers: `paths[2]` comes before `paths[10]`. */
function compareFields(a: string, b: string): number {
  if (a === b) return 0;
  return compareText(withLongNumbers(a), withLongNumbers(b)) || compareText(a, b);
}

function withLongNumbers(field: string): string {
  return field.replace(/\d+/g, (digits) => digits.padStart(8, '0'));
}

/** One line for people: `Ingress default/cafe: spec.rules[0].host: … (HostIsIpAddress)`. */
export function describeProblem(problem: Problem): string {
  const place = problem.field === '' ? '' : `${problem.field}: `;
  return `${describeObject(problem.object)}: ${place}${problem.message} (${problem.code})`;
}

/**
 * At most `limit` characters of a user's text, in quotes: safe in any sentence and on any terminal. Control characters
 * are escaped, and so is what breaks lines or turns the direction of writing, which JSON leaves as it is.
 */
export function quoteFound(text: string, limit = 80): string {
  const shown = text.length > limit ? `${text.slice(0, limit)}…` : text;
  return JSON.stringify(shown).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escapeCharacter);
}

function escapeCharacter(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
