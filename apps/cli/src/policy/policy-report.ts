/**
 * Duty: the forms in which a report on a policy is told. Pure.
 */
import { describeObject, describeProblem, type Problem } from '@gatehouse/core';
import { describeManifestProblem, type ManifestProblem } from '@gatehouse/manifests';
import type { Offender, OwnershipReport } from '@gatehouse/routing';
import { oneLine } from '../one-line.ts';

export interface PolicyReport extends OwnershipReport {
  readonly fileProblems: readonly ManifestProblem[];
  /** What is wrong with objects that cannot be read as a whole, and may use hosts all the same. */
  readonly malformed: readonly Problem[];
}

export type PolicyReportFormat = 'json' | 'text';

/** The whole report, with a line break at its end. */
export function renderPolicyReport(format: PolicyReportFormat, report: PolicyReport): string {
  return format === 'json' ? renderJson(report) : renderText(report);
}

function renderText(report: PolicyReport): string {
  const { fileProblems, malformed, problems, offenders } = report;
  const namespaces = Map.groupBy(offenders, ({ ingress }) => ingress.namespace);
  const lines = [
    ...fileProblems.map(describeManifestProblem),
    ...[...malformed, ...problems].map(describeProblem),
    ...[...namespaces].flatMap(([namespace, some]) => describeNamespace(namespace, some)),
    sumOf(report),
    ...(offenders.length === 0 ? [] : describeModes(report)),
  ];
  return lines.map((line) => `${oneLine(line)}\n`).join('');
}

function describeNamespace(namespace: string, offenders: readonly Offender[]): readonly string[] {
  const hosts = plural(new Set(offenders.map(({ host }) => host)).size, 'host');
  return [
    `Namespace ${namespace}: ${hosts} in ${plural(countIngresses(offenders), 'Ingress', 'Ingresses')}`,
    ...offenders.map(describeOffender),
  ];
}

function describeOffender({ ingress, field, reason, mode, keepsSolver }: Offender): string {
  const solver = keepsSolver ? '; the paths of its ACME solver stay' : '';
  return `  ${describeObject(ingress)}: ${field}: ${reason}${solver} (now: ${mode})`;
}

function sumOf({ offenders, ingresses, hosts, mode }: PolicyReport): string {
  const looked = `${plural(ingresses, 'Ingress', 'Ingresses')} with ${plural(hosts, 'host')} looked at; host-ownership is ${mode}`;
  if (offenders.length === 0) return `Nobody uses a host of others. ${looked}`;
  const namespaces = new Set(offenders.map(({ ingress }) => ingress.namespace)).size;
  const ingressCount = countIngresses(offenders);
  return `${plural(ingressCount, 'Ingress', 'Ingresses')} of ${plural(namespaces, 'namespace')} ${ingressCount === 1 ? 'uses' : 'use'} hosts of others. ${looked}`;
}

/** What would happen to those who are listed. */
function describeModes({ lostHosts }: PolicyReport): readonly string[] {
  const lost =
    lostHosts.length === 0
      ? 'every host is still served for those who own it'
      : `${plural(lostHosts.length, 'host')} would be served by nobody: ${lostHosts.slice(0, 10).map(nameHost).join(', ')}${lostHosts.length > 10 ? ', …' : ''}`;
  return [
    'What each mode does with them:',
    '  audit: all of it is served, and told in Events and logs',
    '  warn: all of it is served, and whoever applies one of these Ingresses is warned',
    `  enforce: none of it is served; ${lost}. More is refused; an Ingress that is there can still be changed`,
  ];
}

function renderJson({ offenders, lostHosts, ingresses, hosts, mode, ...wrong }: PolicyReport): string {
  const report = {
    mode,
    ingresses,
    hosts,
    offendingIngresses: countIngresses(offenders),
    lostHosts,
    offenders: offenders.map(({ ingress, ...rest }) => ({
      namespace: ingress.namespace,
      ingress: ingress.name,
      ...rest,
    })),
    problems: [...wrong.malformed, ...wrong.problems],
    fileProblems: wrong.fileProblems,
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

function countIngresses(offenders: readonly Offender[]): number {
  return new Set(offenders.map(({ ingress }) => describeObject(ingress))).size;
}

function nameHost(host: string): string {
  return host === '' ? 'every other host' : host;
}

function plural(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
