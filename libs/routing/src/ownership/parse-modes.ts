/**
 * Duty: the lines of `modes` and `exemptions`: how strictly rules are treated, where, and who need not keep them.
 * A line that cannot be read loosens nothing.
 */
import {
  err,
  nearestName,
  objectKey,
  ok,
  quoteFound,
  type ObjectKey,
  type ProblemCode,
  type Result,
} from '@gatehouse/core';
import { isDnsLabel, isDnsSubdomain } from '@gatehouse/kube-model';
import { ruleCodes, type Modes, type OperatorPolicy, type RuleMode } from './operator-policy.ts';
import { readLines, readWord, splitAtColon, splitItems, type Reading } from './policy-lines.ts';

export const ruleModes: readonly RuleMode[] = ['audit', 'enforce', 'warn'];

/** `CODE: MODE`, or `CODE in NAMESPACE, NAMESPACE: MODE`. */
export function readModes(text: string): Reading<Modes> {
  const everywhere = new Map<ProblemCode, RuleMode>();
  const inNamespace = new Map<string, Map<ProblemCode, RuleMode>>();
  const faults = readLines(text, (line) => {
    const read = readModeLine(line);
    if (!read.ok) return read.error;
    const { code, namespaces, mode } = read.value;
    for (const namespace of namespaces ?? ['']) {
      const modes =
        namespaces === undefined ? everywhere : (inNamespace.get(namespace) ?? new Map<ProblemCode, RuleMode>());
      if (modes.has(code)) return `an earlier line gives the mode of ${code} there`;
      modes.set(code, mode);
      if (namespaces !== undefined) inNamespace.set(namespace, modes);
    }
    return undefined;
  });
  return { value: { everywhere, inNamespace }, faults };
}

interface ModeLine {
  readonly code: ProblemCode;
  /** Undefined for all. */
  readonly namespaces?: readonly string[];
  readonly mode: RuleMode;
}

function readModeLine(line: string): Result<ModeLine> {
  const parts = splitAtColon(line);
  if (!parts.ok) return err(`${parts.error}; a line is CODE: MODE or CODE in NAMESPACE, NAMESPACE: MODE`);
  const [where, written] = parts.value;
  const mode = readWord(written, ruleModes);
  if (!mode.ok) return mode;
  const [name = '', ...rest] = where.split(/\s+/);
  const code = parseRule(name);
  if (!code.ok) return code;
  if (rest.length === 0) {
    if (code.value === 'HostNotOwned')
      return err('the key host-ownership gives the mode of HostNotOwned for all namespaces');
    return ok({ code: code.value, mode: mode.value });
  }
  if (rest[0] !== 'in') return err(`after ${name} comes a colon, or "in" and namespaces`);
  const namespaces = splitItems(rest.slice(1).join(' '));
  const wrong = namespaces.find((namespace) => !isDnsLabel(namespace));
  if (wrong !== undefined) return err(`${quoteFound(wrong)} is not the name of a namespace`);
  return ok({ code: code.value, namespaces, mode: mode.value });
}

/** `NAMESPACE/NAME: CODE, CODE` of an Ingress; `*` for every code. */
export function readExemptions(text: string): Reading<OperatorPolicy['exemptions']> {
  const exemptions = new Map<ObjectKey, ReadonlySet<ProblemCode> | 'all'>();
  const faults = readLines(text, (line) => {
    const parts = splitAtColon(line);
    if (!parts.ok) return `${parts.error}; a line is NAMESPACE/NAME: CODE, CODE or NAMESPACE/NAME: *`;
    const [written, given] = parts.value;
    const [namespace = '', name = '', ...more] = written.split('/');
    if (more.length > 0 || !isDnsLabel(namespace) || !isDnsSubdomain(name)) {
      return `${quoteFound(written)} is not NAMESPACE/NAME of an Ingress`;
    }
    const key = objectKey(namespace, name);
    if (exemptions.has(key)) return `${quoteFound(key)} has its exemptions from an earlier line`;
    if (given === '*') {
      exemptions.set(key, 'all');
      return undefined;
    }
    const codes = splitItems(given).map(parseRule);
    exemptions.set(key, new Set(codes.flatMap((code) => (code.ok ? [code.value] : []))));
    return codes.find((code) => !code.ok)?.error;
  });
  return { value: exemptions, faults };
}

const known: ReadonlySet<string> = new Set(ruleCodes);

function parseRule(text: string): Result<ProblemCode> {
  if (isRule(text)) return ok(text);
  const nearest = nearestName(text.slice(0, 60), ruleCodes);
  const hint = nearest === undefined ? '' : `; the nearest is ${nearest}`;
  return err(`${quoteFound(text)} is not the code of a Problem that admission tells${hint}`);
}

function isRule(text: string): text is ProblemCode {
  return known.has(text);
}
