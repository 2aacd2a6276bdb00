/**
 * Duty: telling which colours of a brand cannot be read on each other. The brand is used all the same: it is its owner's.
 */
import { paletteOf } from '../designs/page-style.ts';
import type { KeyPath } from './brand-problem.ts';
import type { Brand } from './brand.ts';
import { contrastRatio, readableContrast } from './contrast.ts';

/** Tells each pair of text and ground that is below WCAG AA, with its ratio, unless both are the design's own. */
export function checkColours(brand: Brand, tell: (at: KeyPath, message: string) => void): void {
  for (const scheme of ['light', 'dark'] as const) {
    const own = brand.colours[scheme];
    const palette = paletteOf(brand, scheme);
    for (const text of ['text', 'muted', 'accent'] as const) {
      for (const ground of ['background', 'surface'] as const) {
        if (own[text] === undefined && own[ground] === undefined) continue;
        const ratio = contrastRatio(palette[text], palette[ground]);
        if (ratio >= readableContrast) continue;
        const shown = Math.floor(ratio * 100) / 100;
        tell(
          ['colours', scheme, own[text] === undefined ? ground : text],
          `the ${text} ${palette[text]} on the ${ground} ${palette[ground]} has a contrast of ${shown} to 1; it must be at least ${readableContrast} to be read well (WCAG AA)`,
        );
      }
    }
  }
}
