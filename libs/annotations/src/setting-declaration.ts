/**
 * Duty: what an entry of the table of ConfigMap keys is made of.
 */
import type { Combinator } from './combinators/combinator.ts';

export interface SettingDeclaration<T> {
  readonly value: Combinator<T>;
  /** As one would write it; parses. */
  readonly defaultText: string;
  /** Something other than the default, for the documentation and the tests. */
  readonly example: string;
  /** What it does, one sentence. */
  readonly summary: string;
  /** It keeps somebody out: while its value is malformed, all routes answer 503 instead of standing open. */
  readonly protects: boolean;
}

/** Of a key that protects nothing. */
export function setting<T>(declaration: Omit<SettingDeclaration<T>, 'protects'>): SettingDeclaration<T> {
  return { ...declaration, protects: false };
}

/** Of a key that keeps somebody out. */
export function protection<T>(declaration: Omit<SettingDeclaration<T>, 'protects'>): SettingDeclaration<T> {
  return { ...declaration, protects: true };
}
