/**
 * Duty: what several Ingresses bring to one host, made into one HostModel. The oldest Ingress wins every conflict, and
 * whoever loses is told who won. Must not know how anything was linked.
 */
import { compareText, describeObject, quoteFound, type Problem } from '@gatehouse/core';
import type { Ingress } from '@gatehouse/kube-model';
import { describeHost, routeKey } from '../check/check-ingress.ts';
import { annotationField, ingressProblem } from '../ingress-fields.ts';
import type { HostContribution, LinkedRoute } from '../link/linked-ingress.ts';
import type { Fallback, HostModel, Route } from '../model.ts';
import type { RoutingOptions } from '../options.ts';
import type { Ownership } from '../ownership/entitlement.ts';
import { judgeHost } from '../ownership/judge-host.ts';
import { compatibleRoutes } from './compatible-routes.ts';
import { newcomersInCharge } from './newcomers.ts';
import { pathOverlaps } from './path-overlaps.ts';

export interface SettledHost {
  /** Undefined when nobody who brings something to the host may have it: it is as if nobody had named it. */
  readonly model: HostModel | undefined;
  readonly problems: readonly Problem[];
  /** What the model is made of, oldest first. */
  readonly contributions: readonly HostContribution[];
}

/** One host with what is brought to it, oldest first, and what answers where nobody brings a fallback. */
export interface HostToSettle {
  readonly name: string;
  readonly contributions: readonly HostContribution[];
  readonly globalFallback: Fallback | undefined;
  /** Undefined: any namespace may use the host. */
  readonly ownership: Ownership | undefined;
  readonly options: RoutingOptions;
}

export function settleHost(host: HostToSettle): SettledHost {
  const { annotationsPrefix } = host.options;
  const { contributions, problems, agreed } = judgeHost({ ...host, annotationsPrefix }, host.ownership);
  // The catch-all host is always there.
  if (contributions.length === 0 && host.name !== '') return { model: undefined, problems, contributions };
  const settled = settleConflicts({ ...host, contributions }, [...problems]);
  return { ...settled, problems: settled.problems.filter((problem) => !isAgreed(problem, agreed)) };
}

/** Whoever shares a host by the will of its owners takes nothing from anybody. */
function isAgreed({ code, object, related }: Problem, agreed: ReadonlySet<string>): boolean {
  const areBoth = agreed.has(object.namespace) && related !== undefined && agreed.has(related.namespace);
  return code === 'HostOverlap' && areBoth;
}

function settleConflicts(host: HostToSettle, problems: Problem[]): SettledHost {
  const linked = settleRoutes(host, problems);
  problems.push(...pathOverlaps({ ...host, linked, annotationsPrefix: host.options.annotationsPrefix }));
  const settled = host.options.compatibility === 'ingress-nginx' ? compatibleRoutes(linked) : undefined;
  problems.push(...(settled?.problems ?? []));
  const routes = settled?.routes ?? linked.map(({ route }) => route);
  const fallback = settleFallback(host, { linked, problems });
  const tls = settleTls(host, problems);
  const appRoot = settleAppRoot(host, { linked, problems });
  const model: HostModel = Object.freeze({
    name: host.name,
    routes: Object.freeze(routes.toSorted(compareRoutes)),
    ...(fallback && { fallback }),
    ...(tls?.certificate && { certificate: tls.certificate }),
    hasTls: tls !== undefined,
    ...(appRoot && { appRoot }),
  });
  problems.push(...newcomersInCharge(host, model));
  return { model, problems, contributions: host.contributions };
}

function compareRoutes(a: Route, b: Route): number {
  return compareText(a.path, b.path) || compareText(a.match, b.match);
}

function settleRoutes({ name, contributions }: HostToSettle, problems: Problem[]): readonly LinkedRoute[] {
  const [only] = contributions;
  if (only !== undefined && contributions.length === 1) return only.routes;
  const winners = new Map<string, HostContribution>();
  const settled: LinkedRoute[] = [];
  for (const contribution of contributions) {
    for (const linked of contribution.routes) {
      const key = routeKey(linked.route);
      const winner = winners.get(key);
      if (winner === undefined) {
        winners.set(key, contribution);
        settled.push(linked);
        continue;
      }
      const subject = `the path ${quoteFound(linked.route.path)} of ${describeHost(name)}`;
      problems.push(pathConflict(contribution.ingress, winner.ingress, { field: linked.route.origin.field, subject }));
    }
  }
  return settled;
}

interface SettledRoutes {
  readonly linked: readonly LinkedRoute[];
  readonly problems: Problem[];
}

/** A host whose `/` is a prefix route leaves nothing for a fallback to answer. */
function settleFallback(host: HostToSettle, { linked, problems }: SettledRoutes): Fallback | undefined {
  const isComplete = linked.some(({ route }) => route.match === 'prefix' && route.path === '/');
  if (isComplete) return undefined;
  let winner: HostContribution | undefined;
  for (const contribution of host.contributions) {
    if (contribution.fallback === undefined) continue;
    if (winner === undefined) {
      winner = contribution;
      continue;
    }
    const subject = `the default backend of ${describeHost(host.name)}`;
    const field = contribution.fallback.origin?.field ?? '';
    problems.push(pathConflict(contribution.ingress, winner.ingress, { field, subject }));
  }
  return winner?.fallback ?? host.globalFallback;
}

function settleTls(host: HostToSettle, problems: Problem[]): HostContribution['tls'] {
  const claims = host.contributions.filter(({ tls }) => tls !== undefined);
  const [winner] = claims;
  for (const { tls, ingress } of claims) {
    if (winner === undefined || tls === undefined || tls.secret === winner.tls?.secret) continue;
    const decided = `the certificate of ${describeHost(host.name)} is decided by ${describeObject(winner.ingress.ref)}`;
    const message = `${decided}, which names ${winner.tls?.secret === undefined ? 'no Secret' : 'another Secret'}`;
    problems.push(
      ingressProblem(ingress, { code: 'TlsConflict', field: tls.field, message, related: winner.ingress.ref }),
    );
  }
  return winner?.tls;
}

/** It takes the exact path `/`, which belongs to the oldest who asks for it, be it by a path or by an app-root. */
function settleAppRoot(host: HostToSettle, { linked, problems }: SettledRoutes): HostModel['appRoot'] {
  const { contributions } = host;
  const [winner, ...losers] = contributions.filter(({ appRoot }) => appRoot !== undefined);
  if (winner?.appRoot === undefined) return undefined;
  const field = annotationField(host.options.annotationsPrefix, 'app-root');
  for (const { ingress, appRoot } of losers) {
    if (appRoot === winner.appRoot) continue;
    const message = `the app-root of ${describeHost(host.name)} is decided by ${describeObject(winner.ingress.ref)}`;
    problems.push(ingressProblem(ingress, { code: 'AnnotationConflict', field, message, related: winner.ingress.ref }));
  }
  const exact = linked.find(({ route }) => route.match === 'exact' && route.path === '/');
  const owner = exact && contributions.find(({ routes }) => routes.includes(exact));
  if (exact !== undefined && owner !== undefined && owner !== winner) {
    if (contributions.indexOf(owner) < contributions.indexOf(winner)) {
      const message = `the path "/" of ${describeHost(host.name)} belongs to ${describeWinner(owner.ingress, winner.ingress)}`;
      const related = owner.ingress.ref;
      problems.push(ingressProblem(winner.ingress, { code: 'AnnotationConflict', field, message, related }));
      return undefined;
    }
    const subject = `the path "/" of ${describeHost(host.name)}`;
    problems.push(pathConflict(owner.ingress, winner.ingress, { field: exact.route.origin.field, subject }));
  }
  return Object.freeze({ path: winner.appRoot, origin: Object.freeze({ object: winner.ingress.ref, field }) });
}

function pathConflict(
  loser: Ingress,
  winner: Ingress,
  { field, subject }: { readonly field: string; readonly subject: string },
): Problem {
  const message = `${subject} belongs to ${describeWinner(winner, loser)}`;
  return ingressProblem(loser, { code: 'PathConflict', field, message, related: winner.ref });
}

/** Of equal age ingress-nginx prefers the last by name, Gatehouse the first. A guest gives way to the owners of its host. */
function describeWinner(winner: Ingress, loser: Ingress): string {
  const name = describeObject(winner.ref);
  if (winner.createdAtMs > loser.createdAtMs) return `${name}, whose namespace owns the host`;
  if (winner.createdAtMs < loser.createdAtMs) return `${name}, which is older`;
  return `${name}, which is of the same age and ${compareText(winner.key, loser.key) < 0 ? 'first' : 'last'} by name`;
}
