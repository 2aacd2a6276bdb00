/**
 * Duty: how much of what repeats itself goes into a log, so that a loop somewhere else cannot fill the disk. Must not know
 * what is logged, nor where to.
 */

export interface RepetitionLimit {
  /**
   * How many like it were left out before, when this one is to be logged; undefined when it is left out, too. Those with the
   * same key are alike. `atMs` only ever grows.
   */
  admit(key: string, atMs: number): number | undefined;
}

export interface RepetitionLimits {
  readonly periodMs: number;
  /** So many with the same key are admitted in a period … */
  readonly mostAlike: number;
  /** … and of all together so many; so many keys are remembered, too. */
  readonly mostInAll: number;
}

interface Alike {
  admitted: number;
  leftOut: number;
}

export function createRepetitionLimit({ periodMs, mostAlike, mostInAll }: RepetitionLimits): RepetitionLimit {
  let beganMs = -Infinity;
  let admitted = 0;
  let known = new Map<string, Alike>();
  return {
    admit(key, atMs) {
      if (atMs - beganMs >= periodMs) {
        beganMs = atMs;
        admitted = 0;
        known = onlyLeftOut(known);
      }
      const before = known.get(key);
      if (before === undefined && known.size >= mostInAll) return undefined;
      const alike = before ?? { admitted: 0, leftOut: 0 };
      known.set(key, alike);
      if (alike.admitted >= mostAlike || admitted >= mostInAll) {
        alike.leftOut += 1;
        return undefined;
      }
      const { leftOut } = alike;
      alike.leftOut = 0;
      alike.admitted += 1;
      admitted += 1;
      return leftOut;
    },
  };
}

/** The next of its kind tells of what was left out; nothing else outlives a period. */
function onlyLeftOut(known: ReadonlyMap<string, Alike>): Map<string, Alike> {
  return new Map(
    [...known].filter(([, { leftOut }]) => leftOut > 0).map(([key, { leftOut }]) => [key, { admitted: 0, leftOut }]),
  );
}
