/**
 * Duty: not to work out again what the same text led to a moment ago: browsers say the same about formats and languages in
 * every request. Clients choose the texts, so only some short ones are remembered, and all are forgotten together.
 */

const MOST_TEXTS = 64;
const LONGEST_TEXT = 512;

/** Gives what `work` gives, which must depend on the text alone. */
export function rememberTexts<T extends object | string>(work: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const made = work(text);
    if (text.length > LONGEST_TEXT) return made;
    if (known.size >= MOST_TEXTS) known.clear();
    known.set(text, made);
    return made;
  };
}
