import { describe, expect, it } from '@jest/globals';
import { DESIGNS } from '../brand/brand.ts';
import { contrastRatio, readableContrast } from '../brand/contrast.ts';
import { defaultBrand } from '../brand/default-brand.ts';
import { onAccent, pageStyle, paletteOf } from './page-style.ts';

describe.each(DESIGNS)('the design %s', (design) => {
  const brand = { ...defaultBrand, design };

  it.each(['light', 'dark'] as const)('has text of enough contrast with what it stands on (WCAG AA), %s', (scheme) => {
    const palette = paletteOf(brand, scheme);
    for (const ground of [palette.background, palette.surface]) {
      for (const text of [palette.text, palette.muted, palette.accent]) {
        expect(contrastRatio(text, ground)).toBeGreaterThanOrEqual(readableContrast);
      }
    }
    expect(contrastRatio(onAccent(palette), palette.accent)).toBeGreaterThanOrEqual(readableContrast);
  });

  it('takes its colours from nowhere else', () => {
    const rules = pageStyle(brand).replaceAll(/:root\{[^}]*\}/g, '');
    expect(rules).not.toMatch(/#[0-9a-f]{3,6}\b(?!0a|24)|rgb|hsl|url\(|@import/i);
  });

  it("wears the brand's colours where there are some", () => {
    const style = pageStyle({ ...brand, colours: { light: { accent: '#c00' }, dark: {} } });
    expect(style).toContain('--accent:#c00;--on-accent:#ffffff');
    expect(style).toContain(`--accent:${paletteOf(brand, 'dark').accent}`);
  });
});

describe('the contrast of two colours', () => {
  it.each([
    ['#000', '#ffffff', 21],
    ['#777', '#fff', 4.48],
    ['#123456', '#123456', 1],
  ])('of %s and %s is %d', (a, b, ratio) => {
    expect(contrastRatio(a, b)).toBeCloseTo(ratio, 2);
    expect(contrastRatio(b, a)).toBe(contrastRatio(a, b));
  });
});

it.each([['red'], ['#12'], ['#fff;}body{display:none'], ['#ggg'], ['']])('the colour %j is refused', (accent) => {
  expect(() => pageStyle({ ...defaultBrand, colours: { light: { accent }, dark: {} } })).toThrow(
    'The colour accent is not #rgb or #rrggbb',
  );
});
