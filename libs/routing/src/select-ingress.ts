/**
 * Duty: deciding which Ingresses are ours, by namespace and class. Always judged afresh from the IngressClasses that
 * exist now. Must not look at what an Ingress asks for.
 */
import { quoteFound, type Problem } from '@gatehouse/core';
import type { Ingress, IngressClass, Snapshot } from '@gatehouse/kube-model';
import { ingressProblem } from './ingress-fields.ts';
import { matchesLabels } from './label-selector.ts';
import type { RoutingOptions } from './options.ts';

/** Whether an Ingress is ours, and what is wrong with how it says so. */
export interface Selection {
  readonly isOurs: boolean;
  readonly problems: readonly Problem[];
}

const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';
const ours: Selection = Object.freeze({ isOurs: true, problems: [] });
const foreign: Selection = Object.freeze({ isOurs: false, problems: [] });

/** Decides on one Ingress. */
export type Selector = (ingress: Ingress) => Selection;

/** Makes the decision for one set of IngressClasses. */
export function ingressSelector(
  all: readonly IngressClass[],
  options: RoutingOptions,
  watchesNamespace: (namespace: string) => boolean = (namespace) => isWatched(namespace, options),
): Selector {
  const known = new Set(all.map(({ ref }) => ref.name));
  const own = all.filter((one) => isOwnClass(one, options));
  const ownNames = new Set(own.map(({ ref }) => ref.name));
  if (options.classObjectsOptional && !known.has(options.ingressClass)) ownNames.add(options.ingressClass);
  const takesUnnamed = options.watchWithoutClass || own.some(({ isDefault }) => isDefault);
  return (ingress) => {
    if (!watchesNamespace(ingress.ref.namespace)) return foreign;
    const annotation = ingress.annotations.get(CLASS_ANNOTATION) ?? '';
    if (ingress.className !== '') {
      const isOurs = ownNames.has(ingress.className);
      const unknown = isOurs || known.has(ingress.className) ? [] : [unknownClass(ingress)];
      const concernsUs = isOurs || annotation === options.ingressClass;
      const differs = annotation !== '' && annotation !== ingress.className && concernsUs;
      const problems = differs ? [...unknown, classConflict(ingress, annotation)] : unknown;
      return problems.length === 0 ? (isOurs ? ours : foreign) : { isOurs, problems };
    }
    const isOurs = annotation === '' ? takesUnnamed : annotation === options.ingressClass;
    return isOurs ? ours : foreign;
  };
}

/**
 * Makes the decision for a snapshot; it is the same function as long as the IngressClasses are the same objects, and the
 * labels select the same namespaces.
 */
export function rememberingSelector(options: RoutingOptions): (snapshot: Snapshot) => Selector {
  let classes: ReadonlySet<IngressClass> = new Set();
  let namespaces: ReadonlySet<string> = new Set();
  let selector: Selector | undefined;
  return (snapshot) => {
    const now = new Set(snapshot.ingressClasses.values());
    const selected = selectedNamespaces(snapshot, options);
    const isSame = now.symmetricDifference(classes).size + selected.symmetricDifference(namespaces).size === 0;
    if (selector === undefined || !isSame) {
      const { namespaceSelector } = options;
      selector = ingressSelector(
        [...now],
        options,
        namespaceSelector === undefined ? undefined : (namespace) => selected.has(namespace),
      );
    }
    classes = now;
    namespaces = selected;
    return selector;
  };
}

/** The namespaces that --watch-namespace-selector selects by the labels of their objects. */
function selectedNamespaces({ namespaces }: Snapshot, { namespaceSelector }: RoutingOptions): ReadonlySet<string> {
  if (namespaceSelector === undefined) return new Set();
  const selected = [...namespaces.values()].filter(({ labels }) => matchesLabels(namespaceSelector, labels));
  return new Set(selected.map(({ ref }) => ref.name));
}

function isWatched(namespace: string, { watchNamespace }: RoutingOptions): boolean {
  return watchNamespace === '' || namespace === watchNamespace;
}

function isOwnClass(ingressClass: IngressClass, options: RoutingOptions): boolean {
  const isNamed = options.classByName && ingressClass.ref.name === options.ingressClass;
  return isNamed || ingressClass.controller === options.controllerClass;
}

function unknownClass(ingress: Ingress): Problem {
  return ingressProblem(ingress, {
    code: 'ClassUnknown',
    field: 'spec.ingressClassName',
    message: `no IngressClass ${quoteFound(ingress.className)} exists, so the Ingress is not served`,
  });
}

function classConflict(ingress: Ingress, annotation: string): Problem {
  return ingressProblem(ingress, {
    code: 'ClassConflict',
    field: `metadata.annotations[${CLASS_ANNOTATION}]`,
    message: `the annotation names class ${quoteFound(annotation)}, but spec.ingressClassName is ${quoteFound(ingress.className)} and decides`,
  });
}
