/**
 * Duty: the kinds of value that a brand is made of. Each says in one sentence what was found and what is allowed.
 * Must not know which keys a brand has.
 */
import { quoteFound } from '@gatehouse/core';
import * as z from 'zod';

/** A text of one kind; `english` completes "… is not". */
interface LeafOptions {
  readonly english: string;
  readonly pattern: RegExp;
  /** Longest text in characters. */
  readonly max: number;
}

interface Found {
  readonly input?: unknown;
}

export function leaf({ english, pattern, max }: LeafOptions): z.ZodString {
  const refuse = ({ input }: Found): string => refusal(input, english);
  const tooLong = ({ input }: Found): string =>
    `the text has ${String(input).length} characters; at most ${max} are allowed`;
  return z.string({ error: refuse }).regex(pattern, { error: refuse, abort: true }).max(max, { error: tooLong });
}

/** One or more characters on one line, white space neither first nor last. Bidirectional overrides and NUL are none. */
export function words(max: number): z.ZodString {
  return leaf({
    english: 'one line of text without control characters, and with no white space around it',
    pattern: /^(?!\s)[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+(?<!\s)$/u,
    max,
  });
}

/** A whole number from `min` to `max`, both included. */
export function wholeNumber(options: {
  readonly english: string;
  readonly min: number;
  readonly max: number;
}): z.ZodNumber {
  const refuse = ({ input }: Found): string =>
    typeof input === 'number' ? `${input} is not ${options.english}` : refusal(input, options.english);
  return z.int({ error: refuse }).min(options.min, { error: refuse }).max(options.max, { error: refuse });
}

export function oneOf<const W extends readonly [string, ...string[]]>(values: W): z.ZodEnum<{ [K in W[number]]: K }> {
  return z.enum(values, { error: ({ input }) => refusal(input, `one of ${values.join(', ')}`) });
}

/** A list of at most `max` items. */
export function list<T extends z.ZodType>(item: T, max: number): z.ZodArray<T> {
  return z.array(item, { error: ({ input }) => refusal(input, 'a list') }).max(max, {
    error: ({ input }) => `the list has ${(input as unknown[]).length} items; at most ${max} are allowed`,
  });
}

/** A map of the keys of `shape`, each of which may be left out. */
export function section<S extends z.ZodRawShape>(shape: S): z.ZodObject<S, z.core.$strict> {
  return z.strictObject(shape, { error: ({ input }) => refusal(input, 'a map of keys and values') });
}

/** A map whose keys are of one kind, at most `max` of them. */
export function mapOf<T extends z.ZodType>(key: z.ZodString, value: T, max: number): z.ZodRecord<z.ZodString, T> {
  return z
    .record(key, value, { error: ({ input }) => refusal(input, 'a map of keys and values') })
    .refine((map) => Object.keys(map).length <= max, {
      error: ({ input }) => `the map has ${Object.keys(input as object).length} keys; at most ${max} are allowed`,
    });
}

function refusal(input: unknown, english: string): string {
  if (input === undefined || input === null) return `there is no value; it must be ${english}`;
  return `${describeFound(input)} is not ${english}`;
}

function describeFound(input: unknown): string {
  if (typeof input === 'string') return quoteFound(input, 60);
  if (Array.isArray(input)) return 'a list';
  return typeof input === 'object'
    ? 'a map'
    : `the ${typeof input} ${JSON.stringify(input)} (quotes would make it a text)`;
}
