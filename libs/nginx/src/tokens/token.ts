/**
 * Duty: the only kind of leaf that a template prints: text that is one whole nginx token. Knows no directive.
 * Only the checking constructors of this folder call `makeToken`.
 */

/** nginx refuses a token of 4,096 bytes, quotes and backslashes counted; what is near is refused here. */
const MAX_TOKEN_BYTES = 4000;

/** Thrown when text cannot be the kind of token that was asked for. The message is a sentence without a full stop. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';
}

let make: (printed: string) => NginxToken;

/** One nginx token, as it stands in the file. */
export class NginxToken {
  readonly #printed: string;

  private constructor(printed: string) {
    this.#printed = printed;
  }

  static {
    make = (printed) => new NginxToken(printed);
  }

  /** The text of a token; throws on anything else, so that no plain string ever reaches a file. */
  static print(value: unknown): string {
    if (typeof value === 'object' && value !== null && #printed in value) return value.#printed;
    throw new TypeError(`a template may print tokens only, not a value of type ${typeof value}`);
  }
}

/** A token that prints as `printed`; the caller has checked that nginx reads it as one token. */
export function makeToken(printed: string): NginxToken {
  if (printed.length * 3 > MAX_TOKEN_BYTES && byteLength(printed) > MAX_TOKEN_BYTES) {
    throw new TokenRefused(`the text is too long for nginx, which takes at most ${MAX_TOKEN_BYTES} bytes`);
  }
  return make(printed);
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).byteLength;
}
