/**
 * Duty: reading the few fields of an answer that this library needs, whatever the answer is. What has another shape than
 * expected counts as absent: the server may be of any version, or no API server at all.
 */

type Fields = Readonly<Record<string, unknown>>;

/** The fields of a JSON object; none when it is anything else. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** What stands at the end of the way; undefined when it does not go so far. */
export function at(value: unknown, ...way: readonly string[]): unknown {
  return way.reduce((within, name) => {
    const fields = fieldsOf(within);
    return Object.hasOwn(fields, name) ? fields[name] : undefined;
  }, value);
}

/** Text at the end of the way; empty when there is none. */
export function textAt(value: unknown, ...way: readonly string[]): string {
  const found = at(value, ...way);
  return typeof found === 'string' ? found : '';
}

/** A whole number above 0 at the end of the way; 0 when there is none. */
export function countAt(value: unknown, ...way: readonly string[]): number {
  const found = at(value, ...way);
  return typeof found === 'number' && Number.isSafeInteger(found) && found > 0 ? found : 0;
}

/** The elements of a list at the end of the way; none when there is no list. */
export function itemsAt(value: unknown, ...way: readonly string[]): readonly unknown[] {
  const found = at(value, ...way);
  return Array.isArray(found) ? found : [];
}
