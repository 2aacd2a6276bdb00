/**
 * Duty: which routes have more than a page for requests that no endpoint answers: those whose endpoints come by DNS. There
 * the configuration does not know whether there are any, and they can change while a request is on its first try.
 */
import type { FailureView } from '../templates/server.ts';
import { failureLocation } from '../tokens/own-names.ts';
import type { NginxToken } from '../tokens/token.ts';
import type { Content } from './content.ts';
import type { PlanContext } from './context.ts';
import { schemeOf, hasEndpointsByDns } from './plan-backend.ts';
import { upstreamOf } from './names.ts';

/** What nginx says when no endpoint has answered. */
export const NO_ANSWER = 502;

/**
 * Whether `content` has it. Where a page replaces what backends answer, nginx cannot be told to look at its own 502 alone:
 * there it is had only if theirs is replaced too.
 */
export function hasFailure(content: Content, { options }: PlanContext): boolean {
  const { backend, policy, unmatched } = content;
  if (backend === undefined || unmatched !== undefined) return false;
  if (replacesAnswers(content) && !policy.errorCodes.includes(NO_ANSWER)) return false;
  return hasEndpointsByDns(upstreamOf(backend, schemeOf(policy.backendProtocol)), options);
}

/** nginx replaces every answer of a backend whose status is listed, so with replaced answers nothing else can be. */
export function replacesAnswers({ policy, unmatched }: Content): boolean {
  return policy.errorCodes.length > 0 && policy.interceptsErrors && unmatched === undefined;
}

/** `page` is the location that answers errors, when there is one. */
export function planFailure({ policy }: Content, page: NginxToken | undefined): FailureView {
  const { backendProtocol } = policy;
  return {
    location: failureLocation(page === undefined ? 'withoutPage' : 'withPage'),
    page,
    // The body of such a request is passed on while it comes, so it is not there a second time.
    isFinal: backendProtocol === 'GRPC' || backendProtocol === 'GRPCS',
  };
}
