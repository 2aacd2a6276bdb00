/**
 * Duty: versions of nginx and their order.
 */

export type Version = readonly [major: number, minor: number, patch: number];

/** `1.30.6`; undefined for what has another form. */
export function parseVersion(text: string): Version | undefined {
  const parts = /^(\d{1,5})\.(\d{1,5})\.(\d{1,5})$/.exec(text);
  return parts === null ? undefined : [Number(parts[1]), Number(parts[2]), Number(parts[3])];
}

export function isAtLeast(version: Version, floor: Version): boolean {
  const [major, minor, patch] = version.map((part, index) => part - (floor[index] ?? 0)) as [number, number, number];
  return (major || minor || patch) >= 0;
}
