/**
 * Duty: a case of the corpus as the API server asks about it, in the version that is served and in the retired one.
 */
import type { CorpusCase, CorpusObject, ExpectedProblem } from './corpus-case.ts';

/** The AdmissionReview as JSON. */
export function reviewOf({ object, before }: Pick<CorpusCase, 'before' | 'object'>): CorpusObject {
  const [version = '', group = ''] = String(object['apiVersion']).split('/').reverse();
  const request = {
    uid: '705ab4f5-6393-11e8-b7cc-42010a800002',
    kind: { group, version, kind: String(object['kind']) },
    operation: before === undefined ? 'CREATE' : 'UPDATE',
    object,
    oldObject: before ?? null,
    dryRun: false,
  };
  return { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request };
}

/** The same case with its Ingress in networking.k8s.io/v1beta1; undefined when it cannot be said there. */
export function asV1beta1(one: CorpusCase): CorpusCase | undefined {
  const object = retired(one.object);
  const before = one.before === undefined ? undefined : retired(one.before);
  if (object === undefined || (one.before !== undefined && before === undefined)) return undefined;
  const [reasons, warnings] = [one.reasons.map(retiredField), one.warnings.map(retiredField)];
  return { ...one, ...(before === undefined ? {} : { before }), object, reasons, warnings };
}

function retiredField(problem: ExpectedProblem): ExpectedProblem {
  const field = problem.field
    .replace(/^spec\.defaultBackend/, 'spec.backend')
    .replace(/\.service\.(name|port)$/, (_, part: string) => (part === 'name' ? '.serviceName' : '.servicePort'));
  return { ...problem, field };
}

/** Fields of a v1 object, as far as they are well-formed. */
interface Shape {
  readonly defaultBackend?: unknown;
  readonly rules?: unknown;
}

function retired(object: CorpusObject): CorpusObject | undefined {
  if (object['apiVersion'] !== 'networking.k8s.io/v1' || object['kind'] !== 'Ingress') return undefined;
  const { spec } = object;
  if (!isObject(spec)) return undefined;
  try {
    const { defaultBackend, rules, ...rest } = spec as Shape;
    return {
      ...object,
      apiVersion: 'networking.k8s.io/v1beta1',
      spec: {
        ...rest,
        ...(defaultBackend === undefined ? {} : { backend: retiredBackend(defaultBackend) }),
        ...(rules === undefined ? {} : { rules: listOf(rules).map(retiredRule) }),
      },
    };
  } catch (error) {
    if (error instanceof NotExpressible) return undefined;
    throw error;
  }
}

class NotExpressible extends Error {}

function retiredRule(rule: unknown): unknown {
  const { http, ...rest } = objectOf(rule);
  if (http === undefined) return rest;
  const { paths, ...others } = objectOf(http);
  return { ...rest, http: { ...others, paths: listOf(paths).map(retiredPath) } };
}

function retiredPath(path: unknown): unknown {
  const { backend, ...rest } = objectOf(path);
  // A path without a type is valid there.
  if (typeof rest['pathType'] !== 'string') throw new NotExpressible();
  return { ...rest, backend: retiredBackend(backend) };
}

function retiredBackend(backend: unknown): unknown {
  const { service, ...rest } = objectOf(backend);
  if (service === undefined || Object.keys(rest).length > 0) throw new NotExpressible();
  const { name, port } = objectOf(service);
  const entries = Object.entries(objectOf(port));
  if (typeof name !== 'string' || entries.length !== 1) throw new NotExpressible();
  return { serviceName: name, servicePort: entries[0]?.[1] };
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  if (!isObject(value)) throw new NotExpressible();
  return value;
}

function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new NotExpressible();
  return value as readonly unknown[];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
