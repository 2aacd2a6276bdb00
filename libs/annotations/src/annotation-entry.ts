/**
 * Duty: what an entry of the annotation table is made of.
 */
import { ok, type Result } from '@gatehouse/core';
import type { Combinator } from './combinators/combinator.ts';
import type { RoutePolicy } from './policy.ts';
import type { SettingName } from './setting-table.ts';

/** An annotation with values of type T. */
export interface AnnotationDeclaration<T> {
  readonly name: string;
  /** Older names for the same. */
  readonly aliases?: readonly string[];
  readonly value: Combinator<T>;
  /** What it is about: the routes of its own Ingress, or the whole host. */
  readonly scope: 'host' | 'route';
  /** What harm a value can do to others or to the Ingress' own protection. */
  readonly risk: 'high' | 'low' | 'medium';
  /** What holds without it, as one would write it; left out when there is a `setting`, and when nothing is the default. */
  readonly defaultText?: string;
  /** The ConfigMap key that it overrides. */
  readonly setting?: SettingName;
  /** Another annotation without which this one does nothing. */
  readonly needs?: string;
  /** What it does, one sentence. */
  readonly summary: string;
  /** Changes the default policy. */
  readonly example: string;
  /** It keeps somebody out: while its value is malformed, the routes answer 503 instead of standing open. */
  readonly failClosed?: true;
  /** The fields that change. */
  readonly apply: (policy: RoutePolicy, value: T) => Partial<RoutePolicy>;
}

/** The fields of a policy that an annotation changes. */
export type PolicyChange = (policy: RoutePolicy) => Partial<RoutePolicy>;

/** An entry of the table, with its type of value hidden behind `read`. */
export interface AnnotationEntry extends Omit<AnnotationDeclaration<unknown>, 'aliases' | 'apply' | 'failClosed'> {
  readonly aliases: readonly string[];
  readonly failClosed: boolean;
  /** What a value of the annotation does; total. */
  read(text: string): Result<PolicyChange>;
}

/** An entry out of its declaration. */
export function annotation<T>({ apply, ...declaration }: AnnotationDeclaration<T>): AnnotationEntry {
  return Object.freeze({
    ...declaration,
    aliases: declaration.aliases ?? [],
    failClosed: declaration.failClosed ?? false,
    read(text: string): Result<PolicyChange> {
      const result = declaration.value.parse(text);
      return result.ok ? ok((policy) => apply(policy, result.value)) : result;
    },
  });
}
