/**
 * Duty: the annotations of one Ingress, turned into the policy of its routes and into Problems. Gathers everything that
 * is wrong; what does not concern our prefix is nobody's business here. Must not know hosts, paths or nginx.
 */
import { compareText, nearestName, quoteFound, type Problem, type ProblemCode } from '@gatehouse/core';
import type { Ingress } from '@gatehouse/kube-model';
import type { AnnotationEntry, PolicyChange } from './annotation-entry.ts';
import { annotationTable } from './annotation-table.ts';
import type { RoutePolicy, Settings } from './policy.ts';
import { adviseOnSnippet } from './snippet-advice.ts';
import { unsupportedAnnotations } from './unsupported-annotations.ts';

export interface AnnotationOptions {
  /** --annotations-prefix, without the slash. */
  readonly prefix: string;
  readonly settings: Settings;
}

/** What the annotations of one Ingress say. */
export interface AnnotationReading {
  /** Frozen; the very object `settings.routes` when no annotation changes anything. */
  readonly policy: RoutePolicy;
  /** The Ingress calls itself a canary: it must not compete with others for its hosts and paths. */
  readonly canary: boolean;
  /** Sorted by the name of the annotation. */
  readonly problems: readonly Problem[];
}

/** A Problem before it is known where it belongs. */
interface Finding {
  readonly code: ProblemCode;
  /** The annotation as written, without prefix. */
  readonly name: string;
  readonly message: string;
  /** The routes must be closed because of it. */
  readonly closes?: boolean;
}

interface Reading {
  readonly changes: readonly PolicyChange[];
  readonly findings: readonly Finding[];
}

const nothingWrong: readonly Problem[] = Object.freeze([]);
const entryOfName = new Map(
  annotationTable.flatMap((entry) => [entry.name, ...entry.aliases].map((name) => [name, entry])),
);
const knownNames = [...entryOfName.keys(), ...unsupportedAnnotations.keys()];

/** The policy of an Ingress' routes, and what is wrong with its annotations. */
export function readAnnotations(ingress: Ingress, { prefix, settings }: AnnotationOptions): AnnotationReading {
  const written = annotationsUnder(ingress.annotations, `${prefix}/`);
  if (written.size === 0) return { policy: settings.routes, canary: false, problems: nothingWrong };
  const { changes, findings } = readKnown(written);
  const all = [...findings, ...readOthers(written)].sort((a, b) => compareText(a.name, b.name));
  return {
    policy: assemblePolicy(settings.routes, changes, all),
    canary: !isOff(written.get('canary') ?? 'false'),
    problems: all.map(({ code, name, message }) => ({
      code,
      object: ingress.ref,
      field: `metadata.annotations[${describeName(`${prefix}/${name}`)}]`,
      message,
    })),
  };
}

function annotationsUnder(annotations: ReadonlyMap<string, string>, start: string): ReadonlyMap<string, string> {
  const written = new Map<string, string>();
  for (const [key, text] of annotations) {
    if (key.startsWith(start)) written.set(key.slice(start.length), text);
  }
  return written;
}

/** In the order of the table, so that the order in the object means nothing. */
function readKnown(written: ReadonlyMap<string, string>): Reading {
  const changes: PolicyChange[] = [];
  const findings: Finding[] = [];
  const honoured = new Set<string>();
  for (const entry of annotationTable) {
    const name = [entry.name, ...entry.aliases].find((each) => written.has(each));
    if (name === undefined) continue;
    findings.push(...findShadowed(entry, name, written));
    const result = entry.read(written.get(name) ?? '');
    if (!result.ok) {
      const code = entry.failClosed ? 'ProtectionInvalid' : 'AnnotationInvalid';
      findings.push({ code, name, message: result.error, closes: entry.failClosed });
    } else if (entry.needs !== undefined && !honoured.has(entry.needs)) {
      findings.push({
        code: 'AnnotationWithoutEffect',
        name,
        message: `it has no effect without a valid ${entry.needs}`,
      });
    } else {
      honoured.add(entry.name);
      changes.push(result.value);
    }
  }
  if (honoured.has('permanent-redirect') && honoured.has('temporal-redirect')) {
    const message = 'temporal-redirect decides, this has no effect';
    findings.push({ code: 'AnnotationConflict', name: 'permanent-redirect', message });
  }
  return { changes, findings };
}

/** Other names of the same annotation that say something else. */
function findShadowed(entry: AnnotationEntry, name: string, written: ReadonlyMap<string, string>): readonly Finding[] {
  const others = entry.aliases.filter((alias) => alias !== name && written.has(alias));
  return others
    .filter((alias) => written.get(alias) !== written.get(name))
    .map((alias) => ({ code: 'AnnotationConflict', name: alias, message: `${name} decides, this has no effect` }));
}

/** What is under our prefix and does nothing here. */
function readOthers(written: ReadonlyMap<string, string>): readonly Finding[] {
  const findings: Finding[] = [];
  for (const [name, text] of written) {
    const isHelped = findings.length < MOST_HELPED;
    if (!entryOfName.has(name)) findings.push(...findUnhonoured(name, text, isHelped ? nearestKnown : noHelp));
  }
  return findings;
}

function findUnhonoured(name: string, text: string, help: (name: string) => string): readonly Finding[] {
  const known = unsupportedAnnotations.get(name);
  if (known === undefined) {
    return [{ code: 'AnnotationUnknown', name, message: `no annotation ${quoteFound(name, 60)} exists${help(name)}` }];
  }
  const { kind, advice, protects, matters } = known;
  if (matters === 'whenOn' && isOff(text)) return [];
  if (kind === 'snippet') {
    return [{ code: 'SnippetRefused', name, message: `snippets are refused: ${adviseOnSnippet(text)}`, closes: true }];
  }
  if (name === 'canary') {
    return [
      { code: 'CanaryNotSupported', name, message: `canaries are not supported, the Ingress is left out: ${advice}` },
    ];
  }
  const code = protects ? 'ProtectionNotSupported' : 'AnnotationNotSupported';
  return [{ code, name, message: `it is not supported: ${advice}`, closes: protects }];
}

/** Who has more wrong names than this does not look for a letter; to compare each with all costs. */
const MOST_HELPED = 100;

function nearestKnown(name: string): string {
  const nearest = nearestName(name, knownNames);
  return nearest === undefined ? '' : `; the nearest is ${nearest}`;
}

function noHelp(): string {
  return '';
}

function assemblePolicy(
  defaults: RoutePolicy,
  changes: readonly PolicyChange[],
  findings: readonly Finding[],
): RoutePolicy {
  const closing = findings.find((finding) => finding.closes);
  if (changes.length === 0 && closing === undefined) return defaults;
  let policy = defaults;
  for (const change of changes) policy = { ...policy, ...change(policy) };
  const closed = closing === undefined ? {} : { closedBecause: `annotation ${closing.name}: ${closing.message}` };
  return Object.freeze({ ...policy, ...closed });
}

/** A switch that is off; every other text, even a malformed one, counts as on. */
function isOff(text: string): boolean {
  return ['0', 'f', 'false', 'off'].includes(text.trim().toLowerCase());
}

/** Names from files can hold anything. */
function describeName(name: string): string {
  return /^[A-Za-z0-9._/-]+$/.test(name) ? name : quoteFound(name);
}
