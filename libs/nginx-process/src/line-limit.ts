/**
 * Duty: how much of what nginx says goes into the log. A client can have nginx complain with every request, and each line
 * passes through this process. Must not know where lines go.
 */

export interface LineLimit {
  /** How many lines like it were left out before, when this one is to be logged; undefined when it is left out, too. */
  admit(text: string, atMs: number): number | undefined;
}

/** Of lines that are alike so many are logged in a period … */
const MOST_ALIKE = 20;
const PERIOD_MS = 10_000;
/** … and of all together so many. */
const MOST_IN_ALL = 200;
/** Lines whose first so many characters are the same, numbers aside, are alike: what follows is a client's, mostly. */
const ALIKE_CHARACTERS = 48;

interface Alike {
  logged: number;
  leftOut: number;
}

/** A limit for one nginx. */
export function createLineLimit(): LineLimit {
  let beganMs = -Infinity;
  let logged = 0;
  let kinds = new Map<string, Alike>();
  return {
    admit(text, atMs) {
      if (atMs - beganMs >= PERIOD_MS) {
        beganMs = atMs;
        logged = 0;
        // Only what was left out is remembered: the next line of its kind tells of it.
        kinds = new Map(
          [...kinds]
            .filter(([, { leftOut }]) => leftOut > 0)
            .map(([kind, { leftOut }]) => [kind, { logged: 0, leftOut }]),
        );
      }
      const kind = kindOf(text);
      const known = kinds.get(kind);
      if (known === undefined && kinds.size >= MOST_IN_ALL) return undefined;
      const alike = known ?? { logged: 0, leftOut: 0 };
      kinds.set(kind, alike);
      if (alike.logged >= MOST_ALIKE || logged >= MOST_IN_ALL) {
        alike.leftOut += 1;
        return undefined;
      }
      const { leftOut } = alike;
      alike.leftOut = 0;
      alike.logged += 1;
      logged += 1;
      return leftOut;
    },
  };
}

/** `*17 connect() failed (111: …)` and `*18 connect() failed (111: …)` are alike. */
function kindOf(text: string): string {
  return text
    .slice(0, 2 * ALIKE_CHARACTERS)
    .replaceAll(/\d+/g, '0')
    .slice(0, ALIKE_CHARACTERS);
}
