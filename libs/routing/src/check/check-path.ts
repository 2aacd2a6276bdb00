/**
 * Duty: judging one path of one rule by itself: its type, its text, and how it is to be compared.
 */
import { capturesUsed, type RoutePolicy } from '@gatehouse/annotations';
import { quoteFound, type Problem } from '@gatehouse/core';
import type { Ingress, IngressPath } from '@gatehouse/kube-model';
import { annotationField, ingressProblem } from '../ingress-fields.ts';
import type { RoutingOptions } from '../options.ts';
import { parsePath, prefixPath } from '../parse-path.ts';
import { parsePathRegex } from '../path-regex/parse-path-regex.ts';
import type { CheckedPath } from './checked-ingress.ts';

export interface PathSurroundings {
  readonly ingress: Ingress;
  readonly policy: RoutePolicy;
  readonly options: RoutingOptions;
  /** `spec.rules[0].http.paths[1]`. */
  readonly field: string;
}

/** A path that can be served, or undefined, and what is wrong. */
export interface PathVerdict {
  readonly path?: CheckedPath;
  readonly problems: readonly Problem[];
}

const pathTypes: readonly string[] = ['Exact', 'Prefix', 'ImplementationSpecific', ''];

export function checkPath(path: IngressPath, around: PathSurroundings): PathVerdict {
  if (!pathTypes.includes(path.pathType)) return { problems: [unknownType(path, around)] };
  const isFree = path.pathType === 'ImplementationSpecific' || path.pathType === '';
  return isFree && around.policy.regexPaths ? checkRegex(path, around) : checkLiteral(path, around);
}

function checkLiteral(path: IngressPath, around: PathSurroundings): PathVerdict {
  const parsed = parsePath(path.path);
  if (!parsed.ok) {
    const message = `the path ${quoteFound(path.path)} ${parsed.error}`;
    return { problems: [pathProblem(around, 'PathInvalid', message)] };
  }
  const isExact = path.pathType === 'Exact';
  const checked: CheckedPath = {
    field: around.field,
    match: isExact ? 'exact' : 'prefix',
    path: isExact ? parsed.value : prefixPath(parsed.value),
    written: path.path === '' ? '/' : path.path,
    backend: path.backend,
  };
  if (looksLikeRegex(path, around)) return { path: checked, problems: [regexAsText(path, around)] };
  return { path: checked, problems: missingCaptures(path, around, capturesOfLiteral(path, around)) };
}

function checkRegex(path: IngressPath, around: PathSurroundings): PathVerdict {
  const { path: written, backend } = path;
  const parsed = parsePathRegex(written);
  if (!parsed.ok) {
    const message = `the path ${quoteFound(written)} cannot be served as a regular expression, because ${parsed.error}`;
    return { problems: [pathProblem(around, 'PathRegexInvalid', message)] };
  }
  const { text, captures } = parsed.value;
  return {
    path: { field: around.field, match: 'regex', path: text, written, backend },
    problems: missingCaptures(path, around, captures),
  };
}

/** ingress-nginx takes every path of an Ingress that uses captures for an expression, which is judged with its host. */
function capturesOfLiteral({ path }: IngressPath, { options }: PathSurroundings): number {
  if (options.compatibility === 'kubernetes') return 0;
  const parsed = parsePathRegex(path);
  return parsed.ok ? parsed.value.captures : Infinity;
}

/** What the rewrite-target uses beyond the `captures` that the path has. */
function missingCaptures(
  { path }: IngressPath,
  { ingress, policy, options, field }: PathSurroundings,
  captures: number,
): readonly Problem[] {
  const missing = capturesUsed(policy.rewriteTarget ?? []).filter((number) => number > captures);
  if (missing.length === 0) return [];
  const groups = captures === 0 ? 'no capturing group' : `${captures} capturing group${captures === 1 ? '' : 's'}`;
  const names = missing.map((number) => `$${number}`).join(', ');
  const message = `the path ${quoteFound(path)} (${field}) has ${groups}, so there ${names} stands for nothing`;
  const annotation = annotationField(options.annotationsPrefix, 'rewrite-target');
  return [ingressProblem(ingress, { code: 'RewriteCaptureMissing', field: annotation, message })];
}

/** A single `$` or `+` may well be meant literally, so without the annotations only whole idioms such as `(.*)` count. */
function looksLikeRegex(path: IngressPath, { policy, options }: PathSurroundings): boolean {
  const meansRegex = policy.regexPaths || policy.rewriteTarget !== undefined;
  if (meansRegex && options.compatibility === 'ingress-nginx') return false;
  return meansRegex
    ? /[()[*+?|^\\$]/.test(path.path)
    : /\(\.[*+]\)|\(\/\|\$\)|\.\*|\[[^\]]+\][*+]|^\/?\^/.test(path.path);
}

function regexAsText(path: IngressPath, around: PathSurroundings): Problem {
  const type = path.pathType === '' ? 'no pathType' : `pathType ${path.pathType}`;
  const message = `the path ${quoteFound(path.path)} has ${type} and is compared as literal text`;
  return pathProblem(around, 'PathLooksLikeRegex', message);
}

function unknownType(path: IngressPath, { ingress, field }: PathSurroundings): Problem {
  const message = `the pathType ${quoteFound(path.pathType)} is none of Exact, Prefix and ImplementationSpecific`;
  return ingressProblem(ingress, { code: 'PathTypeInvalid', field: `${field}.pathType`, message });
}

function pathProblem(around: PathSurroundings, code: Problem['code'], message: string): Problem {
  return ingressProblem(around.ingress, { code, field: `${around.field}.path`, message });
}
