/**
 * Duty: what a request for a route of a case can be answered, by its model and not by its configuration.
 */
import type { HostModel, Model, Route } from '@gatehouse/routing';
import type { Answer, Question } from '../harness/ask.ts';
import type { Echo } from '../harness/echo-backend.ts';

/** A request for something that the route answers, or at least its host. */
export function questionFor({ name, hasTls }: HostModel, { match, path }: Route): Question {
  const host = name === '' ? 'nobody.example.com' : name.replace('*', 'some');
  const asked = match === 'regex' ? '/' : encodePath(path);
  return { ask: `GET ${hasTls ? 'https' : 'http'}://${host}${asked}` };
}

interface Asked {
  readonly model: Model;
  readonly host: HostModel;
  readonly route: Route;
  /** Name of the backend of the case. */
  readonly own: string;
}

/** What is wrong with an answer; undefined when it is one that the route can give. */
export function faultOf(answer: Answer, { model, host, route, own }: Asked): string | undefined {
  const backend = echoOf(answer);
  if (backend !== undefined) return backend === own ? undefined : `the backend of ${backend} answers`;
  const isRoot = host.appRoot !== undefined && route.path === '/' && route.match !== 'regex';
  const statuses = isRoot ? [302] : ownStatuses(route, model);
  return statuses.includes(answer.status) ? undefined : `${answer.status} is none of ${statuses.join(', ')}`;
}

/** What nginx can answer by itself; none where only the backend can. */
function ownStatuses({ match, policy, target }: Route, { settings }: Model): readonly number[] {
  if (policy.closedBecause !== undefined) return [503];
  if (policy.redirect !== undefined) return [policy.redirect.status];
  const statuses: number[] = [];
  if (match === 'regex') statuses.push(404);
  if (policy.tlsRedirect === 'always') statuses.push(settings.tlsRedirectStatus);
  if (policy.allowedNetworks.length + policy.deniedNetworks.length > 0) statuses.push(403);
  if (target.kind === 'unavailable' || target.backend.endpoints.length === 0) statuses.push(503);
  // Our backends speak plain HTTP/1.1 alone.
  if (!['HTTP', 'AUTO_HTTP'].includes(policy.backendProtocol)) statuses.push(502);
  if (policy.backendProtocol === 'AUTO_HTTP') statuses.push(502);
  const isName = target.kind === 'backend' && target.backend.endpoints.some(({ address }) => /[a-z]/.test(address));
  return isName ? [...statuses, 502, 503, 504] : statuses;
}

function echoOf({ status, body }: Answer): string | undefined {
  if (status !== 200) return undefined;
  try {
    return (JSON.parse(body) as Partial<Echo>).backend;
  } catch {
    return undefined;
  }
}

/** As a client sends a path that nginx decodes to this one. */
function encodePath(path: string): string {
  return encodeURI(path).replace(/[?#]/g, encodeURIComponent);
}
