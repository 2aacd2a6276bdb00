export type {
  Backend,
  Certificate,
  EndpointAddress,
  Fallback,
  HostModel,
  Match,
  Model,
  Origin,
  Route,
  RouteNames,
  SessionTicketKey,
  Stream,
  Target,
  Transport,
} from './model.ts';
export type { Resolution } from './resolution.ts';
export { defaultRoutingOptions, type Compatibility, type RoutingOptions } from './options.ts';
export { modeOf, isExempt, ownershipModeOf, type OperatorPolicy, type RuleMode } from './ownership/operator-policy.ts';
export {
  namespacesByHost,
  reportOwnership,
  type Offender,
  type OwnershipReport,
} from './ownership/report-ownership.ts';
export { policyKeyNames, rememberingPolicy } from './ownership/read-policy.ts';
export { ageComparator } from './compare-age.ts';
export { secretSelector } from './asked-secrets.ts';
export { coveringWildcard } from './parse-host.ts';
export { createResolver, type Resolver } from './resolver.ts';
export { reachOf, type IngressReach } from './ingress-reach.ts';
export { checkExternalName } from './link/check-external-name.ts';
export { planStatus, type StatusWrite } from './plan-status.ts';
export { routingFlags, routingOptionsForCluster, routingOptionsForFiles } from './routing-flags.ts';
export { rememberingSelector } from './select-ingress.ts';
export { streamServices } from './streams/stream-services.ts';
