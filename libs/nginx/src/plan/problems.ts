/**
 * Duty: the sentences about what this nginx cannot do.
 */
import type { RoutePolicy } from '@gatehouse/annotations';
import type { Problem } from '@gatehouse/core';
import type { HostModel, Origin, Route } from '@gatehouse/routing';
import type { PlanContext } from './context.ts';
import type { Obstacle } from './plan-location-body.ts';

/** The path of a route cannot stand in the configuration. */
export function pathProblem(route: Route, reason: string): Problem {
  const code = route.match === 'regex' ? 'PathRegexInvalid' : 'PathInvalid';
  return problem(route.origin, code, `the path cannot be written for nginx: ${reason}`);
}

/** What annotations ask for cannot stand in the configuration. */
export function policyProblem(origin: Origin, reason: string): Problem {
  return problem(origin, 'AnnotationInvalid', `the path answers 503, as an annotation cannot be honoured: ${reason}`);
}

/** A backend cannot be reached for want of something that is not the user's. */
export function obstacleProblem(origin: Origin, obstacle: Obstacle): Problem {
  if (obstacle.kind === 'missingModule') {
    const message = `the running nginx was built without ${obstacle.name} that backend-protocol needs; the path answers 503`;
    return problem(origin, 'AnnotationNeedsNewerNginx', message);
  }
  const message = `no DNS server is known that could resolve the ExternalName ${obstacle.name}`;
  return problem(origin, 'ResolverMissing', message);
}

interface ProtocolParts {
  readonly origin: Origin;
  readonly host: HostModel;
  readonly policy: RoutePolicy;
  readonly context: PlanContext;
}

/** gRPC needs HTTP/2 from the client, which old versions cannot speak beside HTTP/1.1 on a port without TLS. */
export function protocolProblem({ origin, host, policy, context }: ProtocolParts): readonly Problem[] {
  const isGrpc = policy.backendProtocol === 'GRPC' || policy.backendProtocol === 'GRPCS';
  if (!isGrpc || host.hasTls || context.options.capabilities.http2Directive) return [];
  const { version } = context.options.capabilities;
  const message = `gRPC without TLS needs nginx 1.25.1 or newer, and ${version} runs; clients reach the path over TLS only`;
  return [problem(origin, 'AnnotationNeedsNewerNginx', message)];
}

function problem(origin: Origin, code: Problem['code'], message: string): Problem {
  return { code, object: origin.object, field: origin.field, message };
}
