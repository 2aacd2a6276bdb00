/**
 * Duty: names of files that stay within their directory.
 */

/** No name may lead out of its directory, whoever chose it. Throws when it could. */
export function plainName(name: string): string {
  if (!/^[\w-][\w.-]*$/.test(name)) throw new Error(`Not a plain file name: ${JSON.stringify(name)}`);
  return name;
}
