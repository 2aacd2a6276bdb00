/**
 * Duty: the form in which a command declares flags of a program that it takes the place of, and that have no effect here:
 * arguments written for that program go on to work, and whoever gives them is told. Must not know any by name.
 */
import type { Result } from '@gatehouse/core';

/** A flag that is understood and has no effect. */
export interface FormerFlag {
  /** `switch`: a value only after `=`, none means true; `single`: takes a value, the last one given wins. */
  readonly arity: 'single' | 'switch';
  /**
   * What is to be said about a value: nothing (undefined), a warning, or as the error why the command may not run with
   * it. Both are ends of a sentence that begins with the flag's name, without a full stop.
   */
  judge(text: string): Result<string | undefined>;
}

/** By name on the command line, without dashes. */
export type FormerFlags = Readonly<Record<string, FormerFlag>>;
