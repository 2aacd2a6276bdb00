/**
 * Duty: the kinds of value that a flag can have: how each is read from text, and how it is shown in help.
 * Must not know which flags exist, nor where the text came from.
 */
import { err, ok, quoteFound, type Result } from '@gatehouse/core';

/** What the author of a table says about any flag. */
interface FlagWords {
  /** What it does, one sentence without a full stop. */
  readonly summary: string;
  /** Other names, such as `f` for `-f`. */
  readonly aliases?: readonly string[];
}

/** One flag of a table; made by the functions below. */
export interface Flag<T> extends FlagWords {
  /**
   * `single`: takes a value, the last one given wins. `switch`: a value only after `=`, none means true.
   * `repeated`: takes a value and may be given several times; the values are gathered in order.
   */
  readonly arity: 'repeated' | 'single' | 'switch';
  readonly default: T;
  /** The default as help shows it; empty when there is nothing to show. */
  readonly defaultText: string;
  /** What stands for the value in help: `PORT`; empty for a switch. */
  readonly placeholder: string;
  /** Reads all values that were given, at least one. The error is the end of a sentence: `"x" is not …`. */
  parse(texts: readonly string[]): Result<T>;
}

interface FlagOptions<T> extends FlagWords {
  readonly default: T;
  readonly placeholder?: string;
}

/** Any text. An empty default means "none". */
export function text(options: FlagOptions<string>): Flag<string> {
  return single({ placeholder: 'TEXT', ...options, defaultText: options.default }, ok);
}

/** A whole number in decimal digits from `min` to `max`, both included. */
export function integer(options: FlagOptions<number> & { readonly min: number; readonly max: number }): Flag<number> {
  const { min, max } = options;
  return single({ placeholder: 'NUMBER', ...options, defaultText: String(options.default) }, (found) => {
    const value = /^-?[0-9]{1,15}$/.test(found) ? Number(found) : Number.NaN;
    if (value >= min && value <= max) return ok(value);
    return err(`${quoteFound(found)} is not a whole number from ${min} to ${max}`);
  });
}

/** A number with or without decimals from `min` to `max`, both included. */
export function decimal(options: FlagOptions<number> & { readonly min: number; readonly max: number }): Flag<number> {
  const { min, max } = options;
  return single({ placeholder: 'NUMBER', ...options, defaultText: String(options.default) }, (found) => {
    const value = /^-?[0-9]{1,15}(\.[0-9]{1,9})?$/.test(found) ? Number(found) : Number.NaN;
    if (value >= min && value <= max) return ok(value);
    return err(`${quoteFound(found)} is not a number from ${min} to ${max}`);
  });
}

/** One of some words. */
export function oneOf<const W extends string>(words: readonly W[], options: FlagOptions<NoInfer<W>>): Flag<W> {
  return single({ placeholder: words.join('|'), ...options, defaultText: options.default }, (found) => {
    const word = words.find((candidate) => candidate === found);
    return word === undefined ? err(`${quoteFound(found)} is none of ${words.join(', ')}`) : ok(word);
  });
}

const MS_PER_UNIT: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const DURATION = /^(?:[0-9]{1,9}(?:\.[0-9]{1,3})?(?:ms|s|m|h)){1,4}$/;

/** A span of time as Go writes it: `500ms`, `10s`, `1m30s`, `1.5h`. The value is in milliseconds; `0` needs no unit. */
export function duration(options: Omit<FlagOptions<string>, 'placeholder'>): Flag<number> {
  const parsed = parseDurationMs(options.default);
  if (!parsed.ok) throw new Error(`the default of a flag is wrong: ${parsed.error}`);
  return single(
    { ...options, placeholder: 'DURATION', default: parsed.value, defaultText: options.default },
    parseDurationMs,
  );
}

function parseDurationMs(found: string): Result<number> {
  if (found === '0') return ok(0);
  if (!DURATION.test(found)) return err(`${quoteFound(found)} is not a duration such as 500ms, 10s or 1m30s`);
  const parts = found.matchAll(/([0-9.]+)(ms|s|m|h)/g);
  return ok(
    Math.round(parts.reduce((sum, [, count, unit]) => sum + Number(count) * (MS_PER_UNIT[unit ?? ''] ?? 0), 0)),
  );
}

const TRUE_WORDS = ['1', 't', 'T', 'TRUE', 'true', 'True'];
const FALSE_WORDS = ['0', 'f', 'F', 'FALSE', 'false', 'False'];

/** On or off: `--flag`, `--flag=true`, `--flag=false`, with the words that Go's strconv.ParseBool takes. */
export function bool(options: Omit<FlagOptions<boolean>, 'placeholder'>): Flag<boolean> {
  return {
    ...options,
    arity: 'switch',
    placeholder: '',
    defaultText: String(options.default),
    parse(texts) {
      const found = texts.at(-1) ?? '';
      if (TRUE_WORDS.includes(found)) return ok(true);
      if (FALSE_WORDS.includes(found)) return ok(false);
      return err(`${quoteFound(found)} is neither true nor false`);
    },
  };
}

/** Any texts, one for each time the flag is given; in the environment they are separated by commas. */
export function texts(options: FlagOptions<readonly string[]>): Flag<readonly string[]> {
  return {
    placeholder: 'TEXT',
    ...options,
    arity: 'repeated',
    defaultText: options.default.join(','),
    parse: (found) => ok(found),
  };
}

type SingleOptions<T> = FlagOptions<T> & { readonly placeholder: string; readonly defaultText: string };

function single<T>(options: SingleOptions<T>, parseOne: (found: string) => Result<T>): Flag<T> {
  return { ...options, arity: 'single', parse: (found) => parseOne(found.at(-1) ?? '') };
}
