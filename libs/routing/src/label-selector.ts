/**
 * Duty: label selectors as Kubernetes writes them (`a=b,c!=d,e in (x,y),!f`): reading and matching. Knows no object.
 */
import { err, ok, quoteFound, type Result } from '@gatehouse/core';
import { isDnsSubdomain } from '@gatehouse/kube-model';

/** All requirements have to hold. */
export type LabelSelector = readonly LabelRequirement[];

type LabelRequirement =
  | { readonly kind: 'exists' | 'absent'; readonly key: string }
  /** `notIn` holds for an object without the label, too. */
  | { readonly kind: 'in' | 'notIn'; readonly key: string; readonly values: readonly string[] }
  | { readonly kind: 'greater' | 'less'; readonly key: string; readonly than: bigint };

const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?$/;
const LONGEST_NAME = 63;

/** Reads a selector. The error says which requirement is wrong and why. */
export function parseLabelSelector(text: string): Result<LabelSelector> {
  const requirements: LabelRequirement[] = [];
  for (const part of splitOutsideParentheses(text)) {
    const requirement = parseRequirement(part.trim());
    if (!requirement.ok) return err(`${quoteFound(part.trim())} ${requirement.error}`);
    requirements.push(requirement.value);
  }
  return ok(requirements);
}

/** Whether an object with these labels is meant. */
export function matchesLabels(selector: LabelSelector, labels: ReadonlyMap<string, string>): boolean {
  return selector.every((requirement) => holds(requirement, labels.get(requirement.key)));
}

function holds(requirement: LabelRequirement, value: string | undefined): boolean {
  switch (requirement.kind) {
    case 'exists':
      return value !== undefined;
    case 'absent':
      return value === undefined;
    case 'in':
      return value !== undefined && requirement.values.includes(value);
    case 'notIn':
      return value === undefined || !requirement.values.includes(value);
    case 'greater':
      return value !== undefined && isWholeNumber(value) && BigInt(value) > requirement.than;
    case 'less':
      return value !== undefined && isWholeNumber(value) && BigInt(value) < requirement.than;
  }
}

/** At commas, but for those between parentheses. */
function splitOutsideParentheses(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '(') depth += 1;
    if (text[at] === ')') depth -= 1;
    if (text[at] !== ',' || depth > 0) continue;
    parts.push(text.slice(start, at));
    start = at + 1;
  }
  return [...parts, text.slice(start)];
}

function parseRequirement(text: string): Result<LabelRequirement> {
  const absent = /^!\s*([^\s=!<>(),]+)$/.exec(text);
  if (absent !== null) return withKey(absent[1], (key) => ok({ kind: 'absent', key }));
  const set = /^([^\s=!<>(),]+)\s+(in|notin)\s*\(([^()]*)\)$/.exec(text);
  if (set !== null) {
    const kind = set[2] === 'in' ? 'in' : 'notIn';
    const values = (set[3] ?? '').split(',').map((value) => value.trim());
    return withKey(set[1], (key) => withValues(values, () => ok({ kind, key, values })));
  }
  const compared = /^([^\s=!<>(),]+)\s*(==|=|!=|>|<)\s*([^\s=!<>(),]*)$/.exec(text);
  if (compared === null) {
    return withKey(text, (key) => ok({ kind: 'exists', key }));
  }
  const [, name, operator, value = ''] = compared;
  if (operator === '>' || operator === '<') {
    if (!isWholeNumber(value)) return err('compares with something that is no whole number');
    return withKey(name, (key) => ok({ kind: operator === '>' ? 'greater' : 'less', key, than: BigInt(value) }));
  }
  const kind = operator === '!=' ? 'notIn' : 'in';
  return withKey(name, (key) => withValues([value], () => ok({ kind, key, values: [value] })));
}

function withKey(key: string | undefined, make: (key: string) => Result<LabelRequirement>): Result<LabelRequirement> {
  return key !== undefined && isLabelKey(key) ? make(key) : err('has no key that a label can have');
}

function withValues(values: readonly string[], make: () => Result<LabelRequirement>): Result<LabelRequirement> {
  return values.every((value) => value === '' || isLabelName(value))
    ? make()
    : err('has a value that no label can have');
}

/** A name, or `prefix/name`. */
function isLabelKey(key: string): boolean {
  const [first = '', name, ...more] = key.split('/');
  if (name === undefined) return isLabelName(first);
  return more.length === 0 && isDnsSubdomain(first) && isLabelName(name);
}

function isLabelName(name: string): boolean {
  return name.length <= LONGEST_NAME && NAME.test(name);
}

function isWholeNumber(text: string): boolean {
  return /^-?\d{1,18}$/.test(text);
}
