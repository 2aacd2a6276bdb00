/**
 * Duty: telling whether two of our own values have the same content, so that an object that was only read again keeps
 * its identity. Knows plain objects, arrays, Maps, byte arrays and primitives: what the object types are made of.
 */

/** Deep equality of two values of our object types. The order of a Map's entries does not count. */
export function hasSameContent(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) return Array.isArray(b) && sameItems(a, b);
  if (a instanceof Map) return b instanceof Map && sameEntries(a, b);
  if (a instanceof Uint8Array) return b instanceof Uint8Array && sameItems(a, b);
  if (Array.isArray(b) || b instanceof Map || b instanceof Uint8Array) return false;
  return sameEntries(new Map(Object.entries(a)), new Map(Object.entries(b)));
}

function sameItems(a: ArrayLike<unknown>, b: ArrayLike<unknown>): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (!hasSameContent(a[index], b[index])) return false;
  return true;
}

function sameEntries(a: ReadonlyMap<unknown, unknown>, b: ReadonlyMap<unknown, unknown>): boolean {
  if (a.size !== b.size) return false;
  for (const [key, value] of a) if (!b.has(key) || !hasSameContent(value, b.get(key))) return false;
  return true;
}
