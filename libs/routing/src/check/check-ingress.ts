/**
 * Duty: judging one Ingress by itself: annotations, hosts, paths, TLS hosts. Drops what is wrong at the smallest scope
 * and gathers every Problem. Must not look at any other object.
 */
import { readAnnotations, type RoutePolicy, type Settings } from '@gatehouse/annotations';
import { quoteFound, type Problem } from '@gatehouse/core';
import type { Ingress, IngressBackend, IngressRule } from '@gatehouse/kube-model';
import { defaultBackendField, hostField, ingressProblem, pathField } from '../ingress-fields.ts';
import type { RoutingOptions } from '../options.ts';
import { isWholeTopLevelDomain, parseHost } from '../parse-host.ts';
import { checkPath } from './check-path.ts';
import { aliasHosts, checkAliases } from './check-aliases.ts';
import { checkSize } from './check-size.ts';
import { checkTls } from './check-tls.ts';
import type { CheckedHost, CheckedIngress, CheckedPath } from './checked-ingress.ts';

/** What holds for all Ingresses. */
export interface CheckContext {
  readonly options: RoutingOptions;
  readonly settings: Settings;
}

/** More than an Ingress within the limits of its size can have; nobody reads, sorts or sends millions. */
const MOST_PROBLEMS = 10_000;

export function checkIngress(ingress: Ingress, { options, settings }: CheckContext): CheckedIngress {
  const read = readAnnotations(ingress, { prefix: options.annotationsPrefix, settings });
  const size = checkSize(ingress, read.policy.serverAliases?.length ?? 0);
  if (size.isMonstrous)
    return { ingress, policy: settings.routes, problems: size.problems, hosts: [], canaryHosts: [] };
  const rules = checkRules(ingress, { policy: read.policy, options });
  const aliases = checkAliases(ingress, {
    serverAliases: read.policy.serverAliases ?? [],
    annotationsPrefix: options.annotationsPrefix,
    known: rules.hosts,
  });
  const tls = checkTls(ingress, [...rules.hosts.keys(), ...aliases.names]);
  const hosts = [...rules.hosts].map(([name, { field, paths }]): CheckedHost => {
    const entry = tls.byHost.get(name);
    return { name, field, paths: [...paths.values()], ...(entry && { tls: entry }) };
  });
  hosts.push(...aliasHosts(hosts[0], aliases, tls));
  const catchAll = checkCatchAll(ingress, options);
  const { defaultBackend } = catchAll;
  return {
    ingress,
    policy: read.policy,
    problems: [
      ...size.problems,
      ...read.problems,
      ...rules.problems,
      ...aliases.problems,
      ...tls.problems,
      ...catchAll.problems,
    ].slice(0, MOST_PROBLEMS),
    hosts: read.canary ? [] : hosts,
    canaryHosts: read.canary ? hosts : [],
    ...(defaultBackend && { defaultBackend: { field: defaultBackendField(ingress), backend: defaultBackend } }),
  };
}

/** The default backend, unless the operator allows none. */
function checkCatchAll(
  ingress: Ingress,
  { ignoreCatchAll }: RoutingOptions,
): { readonly defaultBackend?: IngressBackend; readonly problems: readonly Problem[] } {
  const { defaultBackend } = ingress;
  if (defaultBackend === undefined) return { problems: [] };
  if (!ignoreCatchAll) return { defaultBackend, problems: [] };
  const message = 'the default backend is left out, since --disable-catch-all is set';
  const field = defaultBackendField(ingress);
  return { problems: [ingressProblem(ingress, { code: 'CatchAllDisabled', field, message })] };
}

interface RuleHost {
  readonly field: string;
  /** By `routeKey`. */
  readonly paths: Map<string, CheckedPath>;
}

interface Rules {
  /** By name, in order of first mention. */
  readonly hosts: Map<string, RuleHost>;
  readonly problems: Problem[];
}

interface RuleContext {
  readonly policy: RoutePolicy;
  readonly options: RoutingOptions;
}

function checkRules(ingress: Ingress, context: RuleContext): Rules {
  const rules: Rules = { hosts: new Map(), problems: [] };
  // A default backend without rules stands for every host; one whose rules were all dropped must not.
  const isCatchAll = ingress.rules.length === 0 && ingress.defaultBackend !== undefined;
  if (isCatchAll && !context.options.ignoreCatchAll) {
    rules.hosts.set('', { field: defaultBackendField(ingress), paths: new Map() });
  }
  for (const [index, rule] of ingress.rules.entries()) {
    const fault = hostFault(ingress, rule, { index, options: context.options });
    if (fault !== undefined) rules.problems.push(fault);
    else if (isWholeTopLevelDomain(rule.host)) rules.problems.push(wideWildcard(ingress, rule, index));
    const paths = checkPaths(ingress, { ...context, rule, index, problems: rules.problems });
    if (fault === undefined) addPaths(ingress, rules, { host: rule.host, field: hostField(rule, index), paths });
  }
  return rules;
}

function hostFault(
  ingress: Ingress,
  rule: IngressRule,
  { index, options }: { readonly index: number; readonly options: RoutingOptions },
): Problem | undefined {
  if (rule.host === '' && options.ignoreCatchAll) {
    const message = 'the rule has no host and is left out, since --disable-catch-all is set';
    return ingressProblem(ingress, { code: 'CatchAllDisabled', field: hostField(rule, index), message });
  }
  const parsed = parseHost(rule.host);
  if (rule.host === '' || parsed.ok) return undefined;
  const code = parsed.error.kind === 'name' ? 'HostInvalid' : 'HostIsIpAddress';
  const message = `the host ${quoteFound(rule.host)} ${parsed.error.reason}`;
  return ingressProblem(ingress, { code, field: hostField(rule, index), message });
}

function wideWildcard(ingress: Ingress, rule: IngressRule, index: number): Problem {
  const message = `the host ${quoteFound(rule.host)} matches every domain of a whole top-level domain`;
  return ingressProblem(ingress, { code: 'WildcardTooWide', field: hostField(rule, index), message });
}

interface RuleToCheck extends RuleContext {
  readonly rule: IngressRule;
  readonly index: number;
  readonly problems: Problem[];
}

function checkPaths(ingress: Ingress, { rule, index, problems, ...context }: RuleToCheck): readonly CheckedPath[] {
  if (rule.paths.length === 0) {
    const host = rule.host === '' ? 'for every host' : `for ${quoteFound(rule.host)}`;
    const message = `the rule ${host} has no http.paths, so only default backends answer there`;
    problems.push(ingressProblem(ingress, { code: 'RuleWithoutPaths', field: `spec.rules[${index}]`, message }));
  }
  const checked: CheckedPath[] = [];
  for (const [at, path] of rule.paths.entries()) {
    const verdict = checkPath(path, { ingress, ...context, field: pathField(index, at) });
    problems.push(...verdict.problems);
    if (verdict.path !== undefined) checked.push(verdict.path);
  }
  return checked;
}

function addPaths(
  ingress: Ingress,
  { hosts, problems }: Rules,
  { host, field, paths }: { readonly host: string; readonly field: string; readonly paths: readonly CheckedPath[] },
): void {
  const known = hosts.get(host)?.paths ?? new Map<string, CheckedPath>();
  if (!hosts.has(host)) hosts.set(host, { field, paths: known });
  for (const path of paths) {
    const key = routeKey(path);
    const winner = known.get(key);
    if (winner === undefined) {
      known.set(key, path);
      continue;
    }
    const message = `the path ${quoteFound(path.path)} of ${describeHost(host)} is declared by ${winner.field} already`;
    problems.push(ingressProblem(ingress, { code: 'PathConflict', field: path.field, message }));
  }
}

/** Equal for two routes of a host that cannot both be served. */
export function routeKey({ match, path }: Pick<CheckedPath, 'match' | 'path'>): string {
  return `${match}${path}`;
}

/** The host, for sentences. */
export function describeHost(host: string): string {
  return host === '' ? 'every host' : `host ${quoteFound(host)}`;
}
