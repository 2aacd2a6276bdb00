/**
 * Duty: the policy ConfigMap, turned into a policy and into Problems. What cannot be read closes what it is about, as far
 * as that can be told; it never opens anything.
 */
import { compareText, nearestName, quoteFound, type Problem } from '@gatehouse/core';
import { isDnsLabel, isDnsSubdomain, type ConfigMap, type Snapshot } from '@gatehouse/kube-model';
import type { RoutingOptions } from '../options.ts';
import { noPolicy, type OperatorPolicy } from './operator-policy.ts';
import { readExemptions, readModes, ruleModes } from './parse-modes.ts';
import { readOwners } from './parse-owners.ts';
import { readLines, readWord, splitItems, type Reading } from './policy-lines.ts';

export interface PolicyReading {
  /** Frozen; the very object `noPolicy` when there is no ConfigMap or nothing in it. */
  readonly policy: OperatorPolicy;
  /** Sorted by key, then in the order of the lines. */
  readonly problems: readonly Problem[];
}

type PolicyPart = Partial<OperatorPolicy>;

/** Every key, with what its text changes. */
const policyKeys: Readonly<Record<string, (text: string) => Reading<PolicyPart>>> = {
  'acme-solver-namespaces': readAcmeSolvers,
  exemptions: (text) => {
    const { value, faults } = readExemptions(text);
    return { value: { exemptions: value }, faults };
  },
  'host-owner-label-prefix': readLabelPrefix,
  'host-owners': (text) => {
    const { value, faults } = readOwners(text);
    return { value: { owners: value.bySuffix, ...(value.isUnclear && { isUnclear: true }) }, faults };
  },
  'host-ownership': (text) => {
    const word = readWord(text, ['off', ...ruleModes]);
    return word.ok
      ? { value: { ownership: word.value }, faults: [] }
      : { value: { ownership: 'enforce' }, faults: [word.error] };
  },
  modes: (text) => {
    const { value, faults } = readModes(text);
    return { value: { modes: value }, faults };
  },
  'unowned-hosts': (text) => {
    const word = readWord(text, ['allow', 'deny']);
    return word.ok
      ? { value: { unownedHosts: word.value }, faults: [] }
      : { value: { unownedHosts: 'deny' }, faults: [word.error] };
  },
};

/** The keys of the policy ConfigMap, sorted. */
export const policyKeyNames: readonly string[] = Object.keys(policyKeys);

/** What the ConfigMap says, and what is wrong with it. */
export function readPolicy(configMap: ConfigMap | undefined): PolicyReading {
  if (configMap === undefined || configMap.data.size === 0) return { policy: noPolicy, problems: [] };
  let policy = noPolicy;
  const problems: Problem[] = [];
  for (const [key, text] of [...configMap.data].sort(([a], [b]) => compareText(a, b))) {
    const read = Object.hasOwn(policyKeys, key) ? policyKeys[key] : undefined;
    const { value, faults } = read === undefined ? { value: {}, faults: [describeUnknown(key)] } : read(text);
    policy = { ...policy, ...value };
    const field = `data[${/^[A-Za-z0-9._-]+$/.test(key) ? key : quoteFound(key)}]`;
    for (const message of faults) problems.push({ code: 'PolicyInvalid', object: configMap.ref, field, message });
  }
  return { policy: Object.freeze(policy), problems };
}

/** Reads the ConfigMap that --policy-configmap names; again only when it is another object. */
export function rememberingPolicy({
  policyConfigMap: key,
}: RoutingOptions): (snapshot: Pick<Snapshot, 'configMaps'>) => PolicyReading {
  let known: { readonly configMap: ConfigMap | undefined; readonly reading: PolicyReading } | undefined;
  return ({ configMaps }) => {
    const configMap = key && configMaps.get(key);
    if (known === undefined || known.configMap !== configMap) known = { configMap, reading: readPolicy(configMap) };
    return known.reading;
  };
}

function describeUnknown(key: string): string {
  const nearest = nearestName(key.slice(0, 60), policyKeyNames);
  return `no key ${quoteFound(key, 60)} exists${nearest === undefined ? '' : `; the nearest is ${nearest}`}`;
}

/** Kubernetes' own labels are not made to give hosts away: kubernetes.io/metadata.name is on every Namespace. */
function readLabelPrefix(text: string): Reading<PolicyPart> {
  const prefix = text.trim();
  const isReserved = /(^|\.)(kubernetes|k8s)\.io$/.test(prefix);
  if (isDnsSubdomain(prefix) && !isReserved) return { value: { labelPrefix: prefix }, faults: [] };
  const reason = isReserved ? ', since Kubernetes has labels of its own there' : '';
  const fault = `${quoteFound(prefix)} is no prefix of labels such as hosts.example.org${reason}`;
  return { value: { isUnclear: true }, faults: [fault] };
}

function readAcmeSolvers(text: string): Reading<PolicyPart> {
  if (text.trim() === '*') return { value: { acmeSolvers: 'all' }, faults: [] };
  const acmeSolvers = new Set<string>();
  const faults = readLines(text, (line) => {
    const items = splitItems(line);
    const wrong = items.find((item) => !isDnsLabel(item));
    for (const item of items) if (isDnsLabel(item)) acmeSolvers.add(item);
    return wrong === undefined
      ? undefined
      : `${quoteFound(wrong)} is not the name of a namespace; give names, or * alone`;
  });
  return { value: { acmeSolvers }, faults };
}
