/**
 * Duty: the lines of `host-owners`: `SUFFIX: OWNER, OWNER`, where an owner is a namespace or a label selector in braces.
 * A line that cannot be read gives its suffix to nobody but those whom it names readably.
 */
import { err, ok, quoteFound, type Result } from '@gatehouse/core';
import { isDnsLabel } from '@gatehouse/kube-model';
import { parseLabelSelector, type LabelSelector } from '../label-selector.ts';
import type { SuffixOwners } from './operator-policy.ts';
import { parseSuffix } from './parse-suffix.ts';
import { readLines, splitAtColon, type Reading } from './policy-lines.ts';

export interface Owners {
  readonly bySuffix: ReadonlyMap<string, SuffixOwners>;
  /** Of some line not even the suffix can be told. */
  readonly isUnclear: boolean;
}

type Owner =
  | { readonly kind: 'namespace'; readonly name: string }
  | { readonly kind: 'selector'; readonly selector: LabelSelector };

const FORM = 'a line is SUFFIX: NAMESPACE, NAMESPACE or SUFFIX: {LABEL=VALUE}';
const LONGEST_SELECTOR = 1000;

export function readOwners(text: string): Reading<Owners> {
  const bySuffix = new Map<string, SuffixOwners>();
  let isUnclear = false;
  const faults = readLines(text, (line) => {
    const parts = splitAtColon(line);
    if (!parts.ok) {
      isUnclear = true;
      return `${parts.error}; ${FORM}`;
    }
    const [written, given] = parts.value;
    const suffix = parseSuffix(written);
    const owners = readOwnerList(given);
    const name = suffix.ok ? suffix.value : suffix.error.meant;
    // A second colon makes the first one doubtful: https://shop.example.com is not about "https".
    if (name === undefined || given.includes(':')) isUnclear = true;
    if (name === undefined) return suffix.ok ? undefined : suffix.error.reason;
    if (bySuffix.has(name))
      return `${quoteFound(name)} has its owners from an earlier line, give one line for a suffix`;
    bySuffix.set(name, suffix.ok ? owners.value : { namespaces: [], selectors: [] });
    return suffix.ok ? owners.faults[0] : suffix.error.reason;
  });
  return { value: { bySuffix, isUnclear }, faults };
}

function readOwnerList(text: string): Reading<SuffixOwners> {
  const namespaces: string[] = [];
  const selectors: LabelSelector[] = [];
  const faults: string[] = [];
  for (const item of splitOutsideBraces(text)) {
    const owner = parseOwner(item.trim());
    if (!owner.ok) faults.push(owner.error);
    else if (owner.value.kind === 'namespace') namespaces.push(owner.value.name);
    else selectors.push(owner.value.selector);
  }
  return { value: { namespaces: [...new Set(namespaces)], selectors }, faults };
}

function parseOwner(text: string): Result<Owner> {
  if (text === '') return err(`an owner is missing; ${FORM}`);
  if (!text.startsWith('{')) {
    if (isDnsLabel(text)) return ok({ kind: 'namespace', name: text });
    return err(`${quoteFound(text)} is neither the name of a namespace nor a label selector in braces`);
  }
  if (!text.endsWith('}')) return err(`${quoteFound(text)} has no closing brace`);
  const inside = text.slice(1, -1);
  if (inside.length > LONGEST_SELECTOR) return err(`a label selector has more than ${LONGEST_SELECTOR} characters`);
  const selector = parseLabelSelector(inside);
  return selector.ok ? ok({ kind: 'selector', selector: selector.value }) : err(`the label selector ${selector.error}`);
}

/** At commas, but for those between braces. */
function splitOutsideBraces(text: string): readonly string[] {
  const parts: string[] = [];
  let isInside = false;
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '{') isInside = true;
    if (text[at] === '}') isInside = false;
    if (text[at] !== ',' || isInside) continue;
    parts.push(text.slice(start, at));
    start = at + 1;
  }
  return [...parts, text.slice(start)];
}
