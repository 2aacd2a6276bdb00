/**
 * Duty: the form of a generation's digest, which is also the name of its directory. Pure.
 */

/** SHA-256, hexadecimal, lower case: nothing else may name a generation, whoever asks. */
export function isDigest(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}
