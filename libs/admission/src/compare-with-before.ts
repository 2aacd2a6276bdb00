/**
 * Duty: telling what a change makes worse from what was wrong before it.
 */
import type { Problem } from '@gatehouse/core';

export interface Comparison {
  readonly added: readonly Problem[];
  readonly kept: readonly Problem[];
}

/**
 * Each Problem of `after` is kept when `before` has one that says the same at the same kind of place, as many times as
 * `before` has it; else it is added. Moving a rule changes indexes, in the field and in what messages say of others, and is
 * no new mistake; one that tells an amount is kept only when that has not grown. What users wrote stands in quotes, and
 * another value that is still wrong is a new mistake.
 */
export function compareWithBefore(after: readonly Problem[], before: readonly Problem[]): Comparison {
  const left = new Map<string, number>();
  for (const problem of before) left.set(sameness(problem), (left.get(sameness(problem)) ?? 0) + 1);
  const amounts = new Map(before.map((problem) => [sameness(problem), problem.amount ?? 0]));
  const added: Problem[] = [];
  const kept: Problem[] = [];
  for (const problem of after) {
    const key = sameness(problem);
    const count = left.get(key) ?? 0;
    left.set(key, count - 1);
    const hasGrown = (problem.amount ?? 0) > (amounts.get(key) ?? 0);
    (count > 0 && !hasGrown ? kept : added).push(problem);
  }
  return { added, kept };
}

function sameness({ code, field, message, related }: Problem): string {
  return JSON.stringify([code, withoutNumbers(field), withoutNumbers(message), related?.namespace, related?.name]);
}

/** Each number outside of quoted text becomes a `#`. */
function withoutNumbers(text: string): string {
  return text.replace(/("(?:[^"\\]|\\.)*")|\d+/g, (_, quoted: string | undefined) => quoted ?? '#');
}
