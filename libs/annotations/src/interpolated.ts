/**
 * Duty: text that may hold variables, as parts. Whoever writes it for nginx turns text into quoted text with `$`
 * neutralised, and a variable into that variable; nobody ever parses `$name` a second time.
 */

/** Literal text and names of variables (without `$`, from an allow-list), in order. */
export type Interpolated = readonly InterpolatedPart[];

export type InterpolatedPart =
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'variable'; readonly name: string };
