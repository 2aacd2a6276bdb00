/**
 * Duty: the flags that say which brand, and reading it for commands that run once.
 */
import {
  brandForAll,
  defaultBrand,
  describeBrandProblem,
  DESIGNS,
  loadBrand,
  type Brand,
  type BrandProblem,
  type LoadedBrand,
} from '@gatehouse/error-pages';
import { quoteFound } from '@gatehouse/core';
import { oneOf, text, type FlagTable, type FlagValues, type ProgramContext } from '@gatehouse/flags';
import { oneLine } from '../one-line.ts';

export const brandFlags = {
  brand: text({ default: '', placeholder: 'DIR', summary: 'Directory with a brand.yaml and its files' }),
  'brand-name': text({
    default: defaultBrand.name,
    placeholder: 'NAME',
    summary: 'Name on the pages unless brand.yaml has one',
  }),
  design: oneOf(DESIGNS, { default: defaultBrand.design, summary: 'How the pages look unless brand.yaml says it' }),
} as const satisfies FlagTable;

export type BrandFlags = FlagValues<typeof brandFlags>;

/** What the directory does not say. */
export function standardBrand({ brandName: name, design }: Pick<BrandFlags, 'brandName' | 'design'>): Brand {
  return { ...defaultBrand, name, design };
}

/** The brand of `--brand`, else the built-in one. Tells on standard error what is wrong; undefined when it cannot be used. */
export async function readBrand(flags: BrandFlags, { stderr }: ProgramContext): Promise<LoadedBrand | undefined> {
  if (flags.brand === '') return { brands: brandForAll(standardBrand(flags)), warnings: [] };
  const { result, versions } = await loadBrand(flags.brand, standardBrand(flags));
  const problems = result.ok ? result.value.warnings : result.error;
  const lines = problems.map((problem) => problemLine(flags, problem));
  if (result.ok && versions.get('brand.yaml') === '') {
    lines.push(`--brand: warning: ${quoteFound(flags.brand)} has no brand.yaml, so that the built-in brand is taken`);
  }
  stderr.write(lines.map((line) => `${line}\n`).join(''));
  return result.ok ? result.value : undefined;
}

/** The problem on one line; the directory itself is named as the flag has it. */
export function problemLine({ brand }: Pick<BrandFlags, 'brand'>, problem: BrandProblem): string {
  if (problem.file === '.') return `--brand: ${quoteFound(brand)}: ${problem.message}`;
  return oneLine(describeBrandProblem(problem));
}
