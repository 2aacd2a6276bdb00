/**
 * Duty: telling which colours of a brand cannot be read on each other. The brand is used all the same: it is its owner's.
 */
import type { KeyPath } from './brand-problem.ts';
import type { Brand } from './brand.ts';
import { contrastRatio, readableContrast } from './contrast.ts';

/** Tells each pair of text and ground, both of them set, that is below WCAG AA, with its ratio. */
export function checkColours({ colours }: Brand, tell: (at: KeyPath, message: string) => void): void {
  for (const scheme of ['light', 'dark'] as const) {
    const palette = colours[scheme];
    for (const text of ['text', 'muted', 'accent'] as const) {
      for (const ground of ['background', 'surface'] as const) {
        const [above, below] = [palette[text], palette[ground]];
        if (above === undefined || below === undefined) continue;
        const ratio = contrastRatio(above, below);
        if (ratio >= readableContrast) continue;
        const shown = Math.floor(ratio * 100) / 100;
        tell(
          ['colours', scheme, text],
          `${above} on the ${ground} ${below} has a contrast of ${shown} to 1; it must be at least ${readableContrast} to be read well (WCAG AA)`,
        );
      }
    }
  }
}
