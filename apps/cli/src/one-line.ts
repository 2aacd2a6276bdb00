/**
 * Duty: text that may hold anything, such as the name of a file, on one line of a terminal.
 */

/** The text with U+FFFD for what breaks lines, steers terminals or turns the direction of writing. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\u{fffd}');
}
