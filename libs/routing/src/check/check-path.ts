/**
 * Duty: judging one path of one rule by itself: its type, its text, and how it is to be compared.
 */
import type { RoutePolicy } from '@gatehouse/annotations';
import { quoteFound, type Problem } from '@gatehouse/core';
import type { Ingress, IngressPath } from '@gatehouse/kube-model';
import { ingressProblem } from '../ingress-fields.ts';
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
  return { path: checked, problems: looksLikeRegex(path, around) ? [regexAsText(path, around)] : [] };
}

function checkRegex({ path: written, backend }: IngressPath, around: PathSurroundings): PathVerdict {
  const parsed = parsePathRegex(written);
  if (!parsed.ok) {
    const message = `the path ${quoteFound(written)} cannot be served as a regular expression, because ${parsed.error}`;
    return { problems: [pathProblem(around, 'PathRegexInvalid', message)] };
  }
  return { path: { field: around.field, match: 'regex', path: parsed.value, written, backend }, problems: [] };
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
