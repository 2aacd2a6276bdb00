/**
 * Duty: the form in which a command declares its flags. Values, defaults, environment names and help all come from it.
 */
import type { Flag } from './flag-kinds.ts';
import type { FormerFlags } from './former-flag.ts';

/** Flags by their name on the command line, in kebab-case without dashes: `{ 'health-port': integer(…) }`. */
export type FlagTable = Readonly<Record<string, Flag<unknown>>>;

export interface Command<T extends FlagTable> {
  /** As typed: `gatehouse controller`. */
  readonly name: string;
  /** What it does, one sentence without a full stop. */
  readonly summary: string;
  /** What else help says, before the flags: whole sentences in lines of at most 120 characters. */
  readonly details?: string;
  readonly flags: T;
  /** Accepted from arguments alone, and in no help. No name of `flags` is among them. */
  readonly formerFlags?: FormerFlags;
  /** What stands for the arguments that are not flags, as in `[FILE…]`; when it is left out, there may be none. */
  readonly operands?: string;
}

/** `health-port` → `healthPort`. */
type ValueName<S extends string> = S extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<ValueName<Tail>>}`
  : S;

/** The values of a table by camel-case name: `values.healthPort`. */
export type FlagValues<T extends FlagTable> = {
  readonly [K in keyof T & string as ValueName<K>]: T[K] extends Flag<infer V> ? V : never;
};

/** `GATEHOUSE_HEALTH_PORT` for `health-port`. */
export function environmentName(flagName: string): string {
  return `GATEHOUSE_${flagName.toUpperCase().replaceAll('-', '_')}`;
}
