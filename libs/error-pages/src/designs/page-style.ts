/**
 * Duty: the one style sheet of a brand's pages, from its design and its colours.
 */
import type { Brand, Design, Palette } from '../brand/brand.ts';
import { contrastRatio } from '../brand/contrast.ts';
import { card } from './card.ts';
import type { DesignStyle } from './design-style.ts';
import { letter } from './letter.ts';
import { sharedRules } from './shared-rules.ts';
import { split } from './split.ts';

const designStyles: Readonly<Record<Design, DesignStyle>> = { card, split, letter };

const COLOUR = /^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i;

/** What is written on the accent: white, unless this can be read better. */
const INK = '#10151d';

/** Throws when a colour is not written as `Palette` says. */
export function pageStyle(brand: Brand): string {
  const light = declare(paletteOf(brand, 'light'));
  const dark = declare(paletteOf(brand, 'dark'));
  const rules = `${sharedRules}${designStyles[brand.design].rules}`.replaceAll('\n', '');
  return `:root{color-scheme:light dark;${light}}@media (prefers-color-scheme:dark){:root{${dark}}}${rules}`;
}

/** The brand's colours over those of its design. */
export function paletteOf({ design, colours }: Brand, scheme: 'light' | 'dark'): Palette {
  return { ...designStyles[design][scheme], ...colours[scheme] };
}

/** The colour of text on the accent. */
export function onAccent({ accent }: Palette): string {
  return contrastRatio('#ffffff', accent) >= contrastRatio(INK, accent) ? '#ffffff' : INK;
}

function declare(palette: Palette): string {
  const colours = { ...palette, 'on-accent': onAccent(palette) };
  return Object.entries(colours)
    .map(([name, colour]) => {
      if (!COLOUR.test(colour)) throw new Error(`The colour ${name} is not #rgb or #rrggbb`);
      return `--${name}:${colour}`;
    })
    .join(';');
}
