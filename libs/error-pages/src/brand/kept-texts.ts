/**
 * Duty: the large texts of a brand set, each held once, and bounded together: they stay in memory while the brand is served.
 */
import { err, ok, type Result } from '@gatehouse/core';

/** Half as much again as a ConfigMap can hold, since base64 makes more of an image. */
const maxBrandSetCharacters = 1536 * 1024;

export class KeptTexts {
  readonly #texts = new Map<string, string>();
  #characters = 0;

  /** The text, or one that is equal and known already. The error is a clause that follows the file's name. */
  keep(text: string): Result<string> {
    const known = this.#texts.get(text);
    if (known !== undefined) return ok(known);
    const characters = this.#characters + text.length;
    if (characters > maxBrandSetCharacters) {
      return err(
        `makes all logos and templates together take ${Math.ceil(characters / 1024)} KiB; at most ${maxBrandSetCharacters / 1024} are allowed`,
      );
    }
    this.#characters = characters;
    this.#texts.set(text, text);
    return ok(text);
  }
}
