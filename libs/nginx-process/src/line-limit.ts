/**
 * Duty: how much of what nginx says goes into the log. A client can have nginx complain with every request, and each line
 * passes through this process. Must not know where lines go.
 */
import { createRepetitionLimit } from '@gatehouse/logging';

export interface LineLimit {
  /** How many lines like it were left out before, when this one is to be logged; undefined when it is left out, too. */
  admit(text: string, atMs: number): number | undefined;
}

const LIMITS = { periodMs: 10_000, mostAlike: 20, mostInAll: 200 };
/** Lines whose first so many characters are the same, numbers aside, are alike: what follows is a client's, mostly. */
const ALIKE_CHARACTERS = 48;

/** A limit for one nginx. */
export function createLineLimit(): LineLimit {
  const limit = createRepetitionLimit(LIMITS);
  return { admit: (text, atMs) => limit.admit(kindOf(text), atMs) };
}

/** `*17 connect() failed (111: …)` and `*18 connect() failed (111: …)` are alike. */
function kindOf(text: string): string {
  return text
    .slice(0, 2 * ALIKE_CHARACTERS)
    .replaceAll(/\d+/g, '0')
    .slice(0, ALIKE_CHARACTERS);
}
