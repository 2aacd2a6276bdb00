/**
 * Duty: from the value of a brand.yaml to one that has only known keys and allowed values, or all that is wrong with it.
 */
import { err, nearestName, ok, quoteFound, type Result } from '@gatehouse/core';
import * as z from 'zod';
import { describeKey, type BrandProblem, type KeyPath } from './brand-problem.ts';
import { brandSchema, type BrandFile } from './brand-schema.ts';
import type { BrandYaml } from './parse-brand-yaml.ts';

// Readers of a brand run where code may not be made out of texts.
z.config({ jitless: true });

/** Checks all of it; the problems are in the order of the file. */
export function checkBrand(file: string, { value, placeOf }: BrandYaml): Result<BrandFile, readonly BrandProblem[]> {
  const checked = brandSchema.safeParse(value);
  if (checked.success) return ok(checked.data);
  const problems = checked.error.issues.flatMap(readIssue).map(({ path, message, part }): BrandProblem => {
    const key = describeKey(path);
    return { severity: 'error', file, ...placeOf(path, part), ...(key === undefined ? {} : { key }), message };
  });
  return err(problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)));
}

interface Finding {
  readonly path: KeyPath;
  readonly message: string;
  /** Whether the key itself is what is wrong. */
  readonly part?: 'key';
}

function readIssue(issue: z.core.$ZodIssue): readonly Finding[] {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  if (issue.code === 'invalid_key') return [{ path, message: issue.issues[0]?.message ?? issue.message, part: 'key' }];
  if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
  const known = keysAt(brandSchema, path);
  return issue.keys.map((key) => ({ path: [...path, key], message: describeUnknown(key, known), part: 'key' }));
}

function describeUnknown(key: string, known: readonly string[]): string {
  const near = nearestName(key, known);
  const hint = near === undefined ? `known here are ${known.join(', ')}` : `did you mean ${near}?`;
  return `there is no key ${quoteFound(key)} here; ${hint}`;
}

/** The keys of the section that `path` leads to. */
function keysAt(schema: z.core.$ZodType, path: KeyPath): readonly string[] {
  if (schema instanceof z.ZodOptional) return keysAt(schema.unwrap(), path);
  const [step, ...rest] = path;
  if (schema instanceof z.ZodObject) {
    if (step === undefined) return Object.keys(schema.shape);
    const next = (schema.shape as Readonly<Record<string | number, z.core.$ZodType | undefined>>)[step];
    return next === undefined ? [] : keysAt(next, rest);
  }
  if (schema instanceof z.ZodRecord) return keysAt(schema.valueType, rest);
  return schema instanceof z.ZodArray ? keysAt(schema.element, rest) : [];
}
