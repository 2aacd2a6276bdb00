/**
 * Duty: how well one colour can be read on another (WCAG 2.2, "contrast ratio" and "relative luminance").
 */

/** What normal text needs at level AA (WCAG 2.2, success criterion 1.4.3). */
export const readableContrast = 4.5;

/** From 1 (the same) to 21 (black on white). Both colours are `#rgb` or `#rrggbb`; the order does not matter. */
export function contrastRatio(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(colour: string): number {
  const digits = colour.slice(1);
  const wide = digits.length === 3 ? digits.replace(/./g, '$&$&') : digits;
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) =>
    linear(Number.parseInt(wide.slice(at, at + 2), 16) / 255),
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** One channel of sRGB, from 0 to 1, as light. */
function linear(channel: number): number {
  return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
}
