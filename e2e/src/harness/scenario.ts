/**
 * Duty: reading scenario files: objects, requests and what is expected. They are data, so that several drivers (nginx on
 * this machine, a cluster) can run the same ones.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import type { Question } from './ask.ts';
import { backendKinds, type BackendKind } from './scenario-backends.ts';

/** `nginx`: on this machine, objects in a directory; `apiServer`: the same, objects in a real API server; `kind`: a cluster. */
export type DriverName = 'nginx' | 'apiServer' | 'kind';

export interface Scenario {
  /** A sentence: what holds. */
  readonly sentence: string;
  /** Flags of the controller beside the usual ones. */
  readonly flags?: readonly string[];
  /** Services with port 80 (named http) that are added to the objects: `name`, or `namespace/name`. */
  readonly services?: readonly string[];
  /** Services that get no endpoint; every other Service of the objects gets an echo backend. */
  readonly withoutEndpoints?: readonly string[];
  /** What stands behind a Service, by its name, when it is no echo backend over HTTP. */
  readonly backends?: Readonly<Record<string, BackendKind>>;
  /**
   * Echo backends that belong to no Service by themselves: `ADDRESS_OF_name` and `PORT_OF_name` in the objects say where
   * one is.
   */
  readonly pods?: readonly string[];
  /** TLS Secrets to make before the start: `namespace/name` → host names of the certificate. */
  readonly certificates?: Readonly<Record<string, readonly string[]>>;
  /** The field of those Secrets; left out: `data`, as an API server answers it. */
  readonly secretField?: 'data' | 'stringData';
  /** The drivers that cannot run it, each with the reason. */
  readonly not?: Readonly<Partial<Record<DriverName | 'cluster', string>>>;
  readonly steps: readonly Step[];
}

export interface Step {
  /** Objects of the step as YAML documents; they replace those of the step before. Left out: nothing changes. */
  readonly objects?: string;
  readonly requests?: readonly Request[];
  /** Codes of all Problems after the step, sorted, as `Kind namespace/name: Code`; left out: not looked at. */
  readonly problems?: readonly string[];
}

export interface Request extends Question {
  readonly expect: Expectation;
}

export interface Expectation {
  readonly status: number;
  /** Name of the Service whose backend answers. */
  readonly backend?: string;
  /** The request target that the backend sees. */
  readonly path?: string;
  readonly method?: string;
  /** Headers that the backend sees; null: it must not see it. */
  readonly sees?: Readonly<Record<string, string | null>>;
  /** Headers of the answer; null: must not be there. `HTTPS_PORT` is the port that nginx listens on for TLS. */
  readonly headers?: Readonly<Record<string, string | null>>;
  readonly bodyIncludes?: string;
  /** A DNS name in the certificate that was presented. */
  readonly certificateFor?: string;
}

const KEYS = [
  'sentence',
  'flags',
  'services',
  'withoutEndpoints',
  'backends',
  'pods',
  'certificates',
  'secretField',
  'not',
  'steps',
  'objects',
  'requests',
  'problems',
];

/** All scenarios of a directory tree, by file name. A file with only one step may leave `steps` out. */
export function readScenarios(directory: string): readonly (Scenario & { readonly file: string })[] {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.yaml'));
  return files.sort().map((file) => {
    const raw = parse(readFileSync(join(directory, file), 'utf8')) as Partial<Scenario> & Step;
    const unknown = Object.keys(raw).filter((key) => !KEYS.includes(key));
    if (raw.sentence === undefined || unknown.length > 0) {
      throw new Error(`${file}: a scenario has a sentence and no key ${unknown.join(', ')}`);
    }
    const strange = Object.values(raw.backends ?? {}).filter((kind) => !backendKinds.includes(kind));
    if (strange.length > 0) throw new Error(`${file}: there is no backend of kind ${strange.join(', ')}`);
    const { objects, requests, problems, ...rest } = raw;
    const only: Step = {
      ...(objects === undefined ? {} : { objects }),
      ...(requests === undefined ? {} : { requests }),
      ...(problems === undefined ? {} : { problems }),
    };
    return { file, steps: [only], ...rest } as Scenario & { readonly file: string };
  });
}

/** Why a driver cannot run a scenario; undefined: it can. `cluster` stands for both drivers with an API server. */
export function reasonAgainst({ not = {}, flags = [] }: Scenario, driver: DriverName): string | undefined {
  if (driver === 'nginx') return not.nginx;
  if (driver === 'kind' && flags.length > 0) return 'it has flags of its own';
  return not[driver] ?? not.cluster;
}

interface Named {
  /** Of a List. */
  readonly items?: readonly Named[];
  readonly kind?: string;
  readonly metadata?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: {
    readonly type?: string;
    readonly ports?: readonly { readonly name?: string; readonly port: number }[];
  };
}

/** The Services of a step's objects that want a backend: key and port names. */
export function servicesOf(
  objects: string,
): readonly { readonly key: string; readonly portNames: readonly string[] }[] {
  return parseAllDocuments(objects)
    .map((document) => document.toJS() as Named | null)
    .filter((object) => object?.kind === 'Service' && object.spec?.type !== 'ExternalName')
    .map((object) => ({
      key: `${object?.metadata?.namespace ?? 'default'}/${object?.metadata?.name ?? ''}`,
      portNames: (object?.spec?.ports ?? []).map((port) => port.name ?? ''),
    }));
}

/** The annotations of each Ingress that a scenario asks about, Lists included. */
export function annotationsAsked({ steps }: Scenario): readonly Readonly<Record<string, string>>[] {
  return steps
    .filter(({ requests = [] }) => requests.length > 0)
    .flatMap(({ objects = '' }) => parseAllDocuments(objects).map((document) => document.toJS() as Named | null))
    .flatMap((object): readonly (Named | null)[] => object?.items ?? [object])
    .flatMap((object) => (object?.kind === 'Ingress' ? [object.metadata?.annotations ?? {}] : []));
}

/** The Services that a scenario lists by name, as a YAML document each. */
export function listedServices(scenario: Scenario): readonly string[] {
  return (scenario.services ?? []).map((listed) => {
    const [namespace, name] = listed.includes('/') ? listed.split('/') : ['default', listed];
    return JSON.stringify({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace, name },
      spec: { ports: [{ name: 'http', port: 80 }] },
    });
  });
}
