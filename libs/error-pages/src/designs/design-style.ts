/**
 * Duty: what a built-in design is made of.
 */
import type { Palette } from '../brand/brand.ts';

export interface DesignStyle {
  readonly light: Palette;
  readonly dark: Palette;
  /** Rules behind those that all designs share; colours only as `var(--accent)` and the like. */
  readonly rules: string;
}
