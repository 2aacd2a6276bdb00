/**
 * Duty: the cases of the corpus of judged objects, from their files.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CorpusCase, CorpusObject, ExpectedProblem } from './corpus-case.ts';
import { parseCorpusYaml } from './corpus-yaml.ts';
import { expandIngress } from './expand-ingress.ts';
import {
  checkFile,
  type WrittenCase,
  type WrittenFile,
  type WrittenObject,
  type WrittenProblem,
} from './written-case.ts';

const PREFIX = 'nginx.ingress.kubernetes.io';

/** All cases below a directory (`AREA/NAME.yaml`), by file name. Throws when a file has anything without a meaning. */
export function readCorpus(directory: string): readonly CorpusCase[] {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.yaml'));
  return files.sort().flatMap((file) => readFileOfCorpus(file, readFileSync(join(directory, file), 'utf8')));
}

/** The cases of one file. */
export function readFileOfCorpus(file: string, text: string): readonly CorpusCase[] {
  try {
    const written = checkFile(parseCorpusYaml(text));
    const titles = written.cases.map(({ title }) => title);
    const twice = titles.filter((title, index) => titles.indexOf(title) !== index);
    if (twice.length > 0) throw new Error(`several cases have the title ${twice.join(', ')}`);
    return written.cases.map((one, index) => {
      const namespace = `${file.replace(/\.yaml$/, '').replace(/[^a-z0-9-]/g, '-')}-${index + 1}`;
      if (namespace.length > 63) throw new Error('the name of the file is too long for a namespace');
      return readCase({ file, namespace, shared: written }, one);
    });
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

interface Place {
  readonly file: string;
  /** Of every object that names none, so that the cases can live in one cluster. */
  readonly namespace: string;
  readonly shared: WrittenFile;
}

function readCase(place: Place, written: WrittenCase): CorpusCase {
  const { file, shared } = place;
  const annotation = written.annotation ?? shared.annotation;
  const formOf = ({ value, ingress, object }: Pick<WrittenCase, 'ingress' | 'object' | 'value'>): CorpusObject => {
    if (value !== undefined && annotation === undefined) throw new Error(`${written.title}: of which annotation?`);
    const short = value === undefined ? ingress : { annotations: { [annotation ?? '']: value } };
    return short === undefined ? inNamespace(object ?? {}, place) : expandIngress(short, place.namespace);
  };
  const object = formOf(written);
  const problemsOf = (problems: readonly WrittenProblem[] = []): readonly ExpectedProblem[] =>
    problems.map((problem) => expected(problem, annotation));
  return {
    file,
    title: written.title,
    cves: [shared.cve ?? [], written.cve ?? []].flat(),
    hostile: written.hostile ?? false,
    ...(annotation === undefined ? {} : { annotation }),
    flags: [...(shared.flags ?? []), ...(written.flags ?? [])],
    world: worldOf([...(shared.world ?? []), ...(written.world ?? [])], object, place),
    ...(written.before === undefined ? {} : { before: formOf(written.before) }),
    object,
    verdict: written.verdict,
    reasons: problemsOf(written.reasons),
    warnings: problemsOf(written.warnings),
  };
}

function expected({ code, field, annotation, says = [] }: WrittenProblem, about?: string): ExpectedProblem {
  const name = annotation ?? about;
  if (field === undefined && name === undefined) throw new Error(`${code}: of which field?`);
  return { code, field: field ?? `metadata.annotations[${qualified(name ?? '')}]`, says: [says].flat() };
}

function qualified(name: string): string {
  return name.includes('/') ? name : `${PREFIX}/${name}`;
}

/** The objects that a case names, and what stands behind it: a class, and a Service. Of one name the last one counts. */
function worldOf(written: readonly WrittenObject[], object: CorpusObject, place: Place): readonly CorpusObject[] {
  const given = written.map((one) =>
    'kind' in one ? inNamespace(one, place) : expandIngress((one as { ingress: object }).ingress, place.namespace),
  );
  const { namespace = place.namespace } = metadataOf(object);
  const all = [...standing(String(namespace)), ...given];
  return [...new Map(all.map((one) => [nameOf(one), one])).values()];
}

function standing(namespace: string): readonly CorpusObject[] {
  const spec = { controller: 'k8s.io/ingress-nginx' };
  return [
    { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name: 'nginx' }, spec },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace },
      spec: { type: 'ClusterIP', ports: [{ name: 'http', port: 80 }] },
    },
  ];
}

/** What has no namespace of its own is put into that of the case; who names a strange one keeps it. */
function inNamespace(object: CorpusObject, { namespace }: Place): CorpusObject {
  const isOutside = ['IngressClass', 'Namespace'].includes(String(object['kind']));
  const { metadata } = object;
  const isObject = typeof metadata === 'object' && metadata !== null;
  if (isOutside || (metadata !== undefined && !isObject)) return object;
  return { ...object, metadata: { namespace, ...metadata } };
}

/** Kind, namespace and name in one text. */
function nameOf(object: CorpusObject): string {
  const { namespace = '', name = '' } = metadataOf(object);
  return [object['kind'], namespace, name].map(String).join(' ');
}

function metadataOf(object: CorpusObject): Readonly<Record<string, unknown>> {
  const { metadata } = object;
  return typeof metadata === 'object' && metadata !== null ? (metadata as Readonly<Record<string, unknown>>) : {};
}
