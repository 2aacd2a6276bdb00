/**
 * Duty: what somebody probably meant who mistyped a name.
 */

/** The name with the fewest edits (at most a third of the letters, at least two allowed), or undefined when none is near. */
export function nearestName(found: string, names: Iterable<string>): string | undefined {
  let nearest: string | undefined;
  let fewest = Math.max(2, Math.floor(found.length / 3)) + 1;
  for (const name of names) {
    if (Math.abs(name.length - found.length) >= fewest) continue;
    const edits = countEdits(found, name);
    if (edits < fewest) [nearest, fewest] = [name, edits];
  }
  return nearest;
}

/** Insertions, deletions and replacements of one letter that turn `a` into `b` (Levenshtein). */
function countEdits(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const replaced = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const deleted = (previous[column] ?? 0) + 1;
      const inserted = (current[column - 1] ?? 0) + 1;
      current.push(Math.min(replaced, deleted, inserted));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
