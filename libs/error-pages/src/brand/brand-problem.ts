/**
 * Duty: what is wrong with a brand directory, as data, and the one form in which every surface tells it.
 */

/** Line and column of a text file count from 1, the column in UTF-16 units. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A problem of a brand directory; without a place when the file as a whole is meant. */
export interface BrandProblem extends Partial<Place> {
  /** `error`: the brand cannot be used. `warning`: it can, and somebody should look at it. */
  readonly severity: 'error' | 'warning';
  /** Relative to the brand directory; `.` is the directory itself. */
  readonly file: string;
  /** The way to the value, as `hosts["shop.example.com"].colors.light.text`; left out when it is no value of brand.yaml. */
  readonly key?: string;
  /** What was found and what is allowed; one sentence without a full stop. */
  readonly message: string;
}

/** For what nobody thought of: what is in a brand must never end a program. */
export function unexpectedProblem(error: unknown): BrandProblem {
  const message = error instanceof Error ? error.message : String(error);
  return { severity: 'error', file: '.', message: `this brand cannot be used: ${message}` };
}

/** `brand.yaml:12:3: colors.light.text: message`, as compilers write it. */
export function describeBrandProblem({ severity, file, line, column, key, message }: BrandProblem): string {
  const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`;
  const parts = [place, ...(severity === 'warning' ? ['warning'] : []), ...(key === undefined ? [] : [key]), message];
  return parts.join(': ');
}

/** The way from the root of brand.yaml to a value: keys and indexes. */
export type KeyPath = readonly (number | string)[];

/** The path as a person writes it: plain names with dots, everything else in brackets. */
export function describeKey(path: KeyPath): string | undefined {
  if (path.length === 0) return undefined;
  const steps = path.map((step) =>
    typeof step === 'string' && /^[A-Za-z][A-Za-z0-9]*$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`,
  );
  return steps.join('').replace(/^\./, '');
}
