/**
 * Duty: telling where Ingresses of two namespaces share out one host by nested paths: a path of one lies inside a Prefix
 * of the other, so that it takes a part of its requests. An app-root takes the exact path `/`. Within one namespace that
 * is nobody's business.
 */
import { compareText, describeObject, quoteFound, type ObjectRef, type Problem } from '@gatehouse/core';
import { describeHost } from '../check/check-ingress.ts';
import { annotationField, ingressProblem } from '../ingress-fields.ts';
import type { HostContribution, LinkedRoute } from '../link/linked-ingress.ts';

/** A host with the routes that are left of its contributions, which are oldest first. */
export interface SharedHost {
  readonly name: string;
  readonly contributions: readonly HostContribution[];
  readonly linked: readonly LinkedRoute[];
  readonly annotationsPrefix: string;
}

/** A path where it stands among the others. */
interface Place {
  /** The path with NUL, which no path has, for each slash: whatever is inside a path comes right behind it. */
  readonly key: string;
  readonly isPrefix: boolean;
  /** The path as its author wrote it. */
  readonly written: string;
  /** Where it is asked for. */
  readonly field: string;
  readonly object: ObjectRef;
  /** Position in the order of age. */
  readonly age: number;
}

interface Overlap {
  readonly outer: Place;
  readonly inner: Place;
}

/** One Problem for each Ingress and namespace of older ones, at the first path by name. */
export function pathOverlaps(host: SharedHost): readonly Problem[] {
  const [first, ...others] = host.contributions;
  const namespace = first?.ingress.ref.namespace;
  if (others.every(({ ingress }) => ingress.ref.namespace === namespace)) return [];
  const told = new Set<string>();
  const problems: Problem[] = [];
  for (const overlap of overlapsAmong(placesOf(host))) {
    const { outer, inner } = overlap;
    const [older, younger] = outer.age < inner.age ? [outer, inner] : [inner, outer];
    const key = `${younger.age} ${older.object.namespace}`;
    const { ingress } = host.contributions[younger.age] ?? {};
    if (ingress === undefined || told.has(key)) continue;
    told.add(key);
    const { field } = younger;
    const message = describeOverlap(host.name, overlap, younger);
    problems.push(ingressProblem(ingress, { code: 'HostOverlap', field, message, related: older.object }));
  }
  return problems;
}

/** In the order of a walk through the tree of paths, a Prefix before what is inside it. */
function placesOf(host: SharedHost): readonly Place[] {
  const ages = new Map<ObjectRef, number>(host.contributions.map(({ ingress }, age) => [ingress.ref, age]));
  const places = host.linked.map((one): Place => {
    const { match, origin } = one.route;
    const age = ages.get(origin.object) ?? 0;
    return { key: keyOf(one), isPrefix: match === 'prefix', written: one.written, ...origin, age };
  });
  places.push(...appRootPlace(host));
  return places.sort((a, b) => compareText(a.key, b.key) || Number(b.isPrefix) - Number(a.isPrefix) || a.age - b.age);
}

/** Where the exact path `/` is somebody's, that alone is told. */
function appRootPlace({ contributions, linked, annotationsPrefix }: SharedHost): readonly Place[] {
  const age = contributions.findIndex(({ appRoot }) => appRoot !== undefined);
  const object = contributions[age]?.ingress.ref;
  if (object === undefined || linked.some(({ route: { match, path } }) => match === 'exact' && path === '/')) return [];
  const field = annotationField(annotationsPrefix, 'app-root');
  return [{ key: '', isPrefix: false, written: '/', field, object, age }];
}

function keyOf({ route: { match, path } }: LinkedRoute): string {
  const literal = match === 'regex' ? literalStart(path) : path;
  return literal === '/' ? '' : literal.replaceAll('/', '\0');
}

/** The whole elements that every match of an expression begins with, as far as that is plain to see. */
function literalStart(expression: string): string {
  const [plain = ''] = /^[A-Za-z0-9_/-]*/.exec(expression) ?? [];
  const isAll = plain.length === expression.length;
  // A bar may belong to the whole expression, and a quantifier takes the last character away again.
  if (/^[^(]*\|/.test(expression)) return '/';
  return isAll ? plain : plain.slice(0, plain.lastIndexOf('/') + 1);
}

/** Each path with the nearest Prefix around it, where that is of another namespace. */
function* overlapsAmong(places: readonly Place[]): Iterable<Overlap> {
  const around: Place[] = [];
  for (const inner of places) {
    let outer = around.at(-1);
    while (outer !== undefined && !isInside(inner, outer)) {
      around.pop();
      outer = around.at(-1);
    }
    if (outer !== undefined && outer.object.namespace !== inner.object.namespace) yield { outer, inner };
    if (inner.isPrefix) around.push(inner);
  }
}

function isInside({ key }: Place, { key: outer }: Place): boolean {
  return key.startsWith(outer) && (key.length === outer.length || key[outer.length] === '\0');
}

function describeOverlap(host: string, { outer, inner }: Overlap, younger: Place): string {
  const [prefix, path] = [outer, inner].map(({ written }) => quoteFound(written));
  const [prefixOwner, pathOwner] = [outer, inner].map(({ object }) => describeObject(object));
  return younger === inner
    ? `the path ${path} of ${describeHost(host)} takes requests from the Prefix ${prefix} of ${prefixOwner}, which is in another namespace`
    : `the Prefix ${prefix} of ${describeHost(host)} gets no requests for ${path}, which go to ${pathOwner} in another namespace`;
}
