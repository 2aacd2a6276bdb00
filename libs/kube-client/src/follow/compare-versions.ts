/**
 * Duty: the order of resource versions. Kubernetes 1.35 promises that those of one kind are decimal numbers that grow
 * (KEP-5504), and so they always were in its own storage.
 */

/**
 * Negative when `a` is older, 0 when they are the same, positive when `a` is newer. Undefined when they are no numbers,
 * so that nothing can be said.
 */
export function compareVersions(a: string, b: string): number | undefined {
  if (a === b) return 0;
  if (!isNumber(a) || !isNumber(b)) return undefined;
  return a.length - b.length || (a < b ? -1 : 1);
}

function isNumber(text: string): boolean {
  return /^[1-9][0-9]*$/.test(text);
}
