/**
 * Duty: the paths by which a certificate authority asks whether somebody holds a host (ACME HTTP-01, RFC 8555, section
 * 8.3). They are all that may be served at a host of others.
 */
import type { HostContribution, LinkedRoute } from '../link/linked-ingress.ts';

/** A token has the alphabet of base64url and nothing else, so that no way of comparing reads more into the path. */
const SOLVER_PATH = /^\/\.well-known\/acme-challenge\/[A-Za-z0-9_-]{1,256}$/;

/** What is left of a contribution when nothing but solver paths may stay; undefined when nothing is. */
export function solverPart(contribution: HostContribution): HostContribution | undefined {
  const { ingress, host, field, isFirstBelow } = contribution;
  const routes = contribution.routes.filter(isSolver);
  return routes.length === 0 ? undefined : { ingress, host, field, isFirstBelow, routes };
}

/** Whether a contribution is nothing but solver paths. Without any path it would only hide a wildcard that covers the host. */
export function isSolverOnly({ routes, fallback, tls, appRoot }: HostContribution): boolean {
  const isBare = fallback === undefined && tls === undefined && appRoot === undefined;
  return isBare && routes.length > 0 && routes.every(isSolver);
}

function isSolver({ route: { match, path, policy }, written }: LinkedRoute): boolean {
  const isPlain = match !== 'regex' && policy.redirect === undefined && policy.rewriteTarget === undefined;
  return isPlain && !policy.regexPaths && SOLVER_PATH.test(path) && SOLVER_PATH.test(written);
}
