/**
 * Duty: every place where somebody who writes objects can put a text, as raw JSON, and neighbours who must not notice.
 */

type Raw = Readonly<Record<string, unknown>>;

/** One place for a text. */
export interface Slot {
  readonly name: string;
  /** A text that is in order there. */
  readonly example: string;
  /** `settings`: the operator's ConfigMap, which may change what holds for all hosts. */
  readonly reach: 'object' | 'settings';
  /** All objects of a cluster with the text in the place. */
  write(text: string): readonly unknown[];
}

export const EVIL_HOST = 'evil.example.com';
export const CONFIG_MAP = 'system/config';
const TCP_SERVICES = 'system/tcp';
const PREFIX = 'nginx.ingress.kubernetes.io/';

/** Objects of others: one host alone, one host with TLS and a regular expression, an error backend. */
export const neighbours: readonly unknown[] = [
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name: 'nginx' },
    spec: { controller: 'k8s.io/ingress-nginx' },
  },
  ...service('other', 'tea'),
  ...service('system', 'errors'),
  ingress({ namespace: 'other', name: 'cafe', host: 'cafe.example.com', service: 'tea' }),
  ingress({
    ...{ namespace: 'other', name: 'wild', host: '*.example.net', service: 'tea', path: '/a(.*)' },
    pathType: 'ImplementationSpecific',
    annotations: { 'use-regex': 'true', 'allowlist-source-range': '10.0.0.0/8' },
  }),
];

interface IngressWords {
  readonly namespace?: string;
  readonly name?: string;
  readonly host?: string;
  readonly path?: string;
  readonly pathType?: string;
  readonly service?: string;
  readonly port?: Raw;
  /** Without the prefix. */
  readonly annotations?: Readonly<Record<string, string>>;
  readonly metadata?: Raw;
  readonly spec?: Raw;
}

function ingress(words: IngressWords): Raw {
  const { namespace = 'default', name = 'evil', host = EVIL_HOST, path = '/p', pathType = 'Prefix' } = words;
  const backend = { service: { name: words.service ?? 'web', port: words.port ?? { number: 80 } } };
  const annotations = Object.fromEntries(
    Object.entries(words.annotations ?? {}).map(([key, value]) => [`${PREFIX}${key}`, value]),
  );
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { namespace, name, annotations, ...words.metadata },
    spec: {
      ingressClassName: 'nginx',
      rules: [{ host, http: { paths: [{ path, pathType, backend }] } }],
      ...words.spec,
    },
  };
}

interface ServiceWords {
  readonly portName?: string;
  readonly spec?: Raw;
  readonly slice?: Raw;
}

function service(namespace: string, name: string, words: ServiceWords = {}): readonly Raw[] {
  const portName = words.portName ?? 'http';
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace, name },
      spec: { ports: [{ name: portName, port: 80 }], ...words.spec },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { namespace, name: `${name}-1`, labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.1.0.1'], conditions: { ready: true } }],
      ports: [{ name: portName, port: 8080, protocol: 'TCP' }],
      ...words.slice,
    },
  ];
}

const web = service('default', 'web');
const attacked = (...objects: readonly unknown[]): readonly unknown[] => [...neighbours, ...objects];
const byIngress = (words: IngressWords): readonly unknown[] => attacked(...web, ingress(words));

/** Annotations that make every other one matter. */
const companions: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'permanent-redirect-code': { 'permanent-redirect': 'https://a.example/' },
  'temporal-redirect-code': { 'temporal-redirect': 'https://a.example/' },
  'rewrite-target': { 'use-regex': 'true' },
  'default-backend': { 'custom-http-errors': '404' },
};

/** One for each annotation, by its name and an example of its value. */
export function annotationSlots(examples: Readonly<Record<string, string>>): readonly Slot[] {
  return Object.entries(examples).map(([name, example]) => ({
    name: `annotation ${name}`,
    example,
    reach: 'object',
    write: (text) =>
      byIngress({
        ...{ path: '/p(.*)', pathType: 'ImplementationSpecific' },
        annotations: { ...companions[name], [name]: text },
      }),
  }));
}

/** One for each key of the ConfigMap. */
export function settingSlots(examples: Readonly<Record<string, string>>): readonly Slot[] {
  return Object.entries(examples).map(([name, example]) => ({
    name: `setting ${name}`,
    example,
    reach: 'settings',
    write: (text) => [...byIngress({}), configMap({ [name]: text })],
  }));
}

/** Of TCP services. */
function streams(data: Readonly<Record<string, string>>): Raw {
  const [namespace, name] = TCP_SERVICES.split('/');
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name }, data };
}

function configMap(data: Readonly<Record<string, string>>): Raw {
  const [namespace, name] = CONFIG_MAP.split('/');
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name }, data };
}

const paths = ['Exact', 'Prefix', 'ImplementationSpecific'].flatMap((pathType) =>
  [{}, { 'use-regex': 'true' }, { 'rewrite-target': '/r/$1' }].map((annotations): Slot => ({
    name: `path, ${pathType}, ${Object.keys(annotations).join('') || 'plain'}`,
    example: '/p',
    reach: 'object',
    write: (text) => byIngress({ path: text, pathType, annotations }),
  })),
);

const slot = (name: string, example: string, write: Slot['write']): Slot => ({ name, example, reach: 'object', write });

const errors = { 'custom-http-errors': '404,503', 'default-backend': 'web' };
const variables = { ...errors, 'upstream-vhost': '$service_name.$namespace.$ingress_name.$service_port' };

/** Every place but annotations, settings and Secrets. */
export const objectSlots: readonly Slot[] = [
  ...paths,
  slot('path of a rule that redirects', '/p', (path) =>
    byIngress({ path, annotations: { 'temporal-redirect': 'https://a.example/$service_name$request_uri' } }),
  ),
  slot('pathType', 'Prefix', (pathType) => byIngress({ pathType })),
  slot('host', 'a.example.org', (host) => byIngress({ host })),
  slot('host that is a wildcard', '*.example.org', (host) => byIngress({ host: host.replace(/^(?!\*)/, '*.') })),
  slot('host in spec.tls', EVIL_HOST, (host) => byIngress({ spec: tls(host, 'cert') })),
  slot('secretName', 'cert', (secretName) => byIngress({ spec: tls(EVIL_HOST, secretName) })),
  slot('ingressClassName', 'nginx', (ingressClassName) => byIngress({ spec: { ...rules(), ingressClassName } })),
  slot('class annotation', 'nginx', (text) =>
    byIngress({ metadata: { annotations: { 'kubernetes.io/ingress.class': text } }, spec: { ...rules() } }),
  ),
  slot('Service of a backend', 'web', (name) => byIngress({ service: name, annotations: variables })),
  slot('name of a port of a backend', 'http', (name) => byIngress({ port: { name }, annotations: variables })),
  ...['upstream-vhost', 'permanent-redirect', 'rewrite-target'].map((name) =>
    slot(`name of a port in ${name}`, 'http', (port) =>
      attacked(
        ...service('default', 'web', { portName: port }),
        ingress({
          ...{ port: { name: port }, path: '/p(.*)', pathType: 'ImplementationSpecific' },
          annotations: { [name]: { 'upstream-vhost': 'a.$service_port' }[name] ?? '/a/$service_port' },
        }),
      ),
    ),
  ),
  slot('name of a port of a Service and its slice', 'http', (portName) =>
    attacked(...service('default', 'web', { portName }), ingress({ port: { name: portName }, annotations: variables })),
  ),
  slot('name of a port, retired API', 'http', (text) =>
    attacked(
      ...service('default', 'web', { portName: text }),
      retiredIngress({ serviceName: 'web', servicePort: text }),
    ),
  ),
  slot('name of a Service, retired API', 'web', (text) =>
    attacked(...web, retiredIngress({ serviceName: text, servicePort: 80 })),
  ),
  slot('Service of the default backend', 'web', (name) =>
    byIngress({ spec: { ...rules(), defaultBackend: { service: { name, port: { number: 80 } } } } }),
  ),
  slot('resource backend', 'x', (name) =>
    byIngress({ spec: { ...rules(), defaultBackend: { resource: { apiGroup: name, kind: name, name } } } }),
  ),
  slot('name', 'evil', (name) => byIngress({ name, annotations: variables })),
  slot('namespace', 'elsewhere', (namespace) => {
    const its = service(namespace, 'web');
    return attacked(...its, ingress({ namespace, annotations: variables }));
  }),
  slot('label', 'x', (text) => byIngress({ metadata: { labels: { [text]: text } } })),
  slot('uid and version', 'x', (text) => byIngress({ metadata: { uid: text, resourceVersion: text } })),
  slot('time of creation', '2026-01-01T00:00:00Z', (text) => byIngress({ metadata: { creationTimestamp: text } })),
  slot('name of an annotation', 'x', (text) => byIngress({ annotations: { [text]: text } })),
  ...['auth-url', 'auth-method', 'auth-realm', 'mirror-target', 'canary', 'configuration-snippet', 'no-such'].map(
    (name) => slot(`annotation ${name}, not supported`, 'x', (text) => byIngress({ annotations: { [name]: text } })),
  ),
  slot('externalName', 'x.example.org', (externalName) => {
    const [its] = service('default', 'web', { spec: { type: 'ExternalName', externalName } });
    return attacked(its, ingress({}));
  }),
  slot('type of a Service', 'ClusterIP', (type) =>
    attacked(...service('default', 'web', { spec: { type, clusterIP: type } }), ingress({})),
  ),
  slot('targetPort', 'http', (text) =>
    attacked(
      ...service('default', 'web', {
        spec: { ports: [{ name: 'http', port: 80, targetPort: text, protocol: 'TCP' }] },
      }),
      ingress({}),
    ),
  ),
  slot('address of an endpoint', '10.1.0.1', (text) => bySlice({ endpoints: [{ addresses: [text] }] })),
  slot('address of an endpoint, IPv6', '2001:db8::1', (text) =>
    bySlice({ addressType: 'IPv6', endpoints: [{ addresses: [text] }] }),
  ),
  slot('address of an endpoint, FQDN', 'a.example.org', (text) =>
    bySlice({ addressType: 'FQDN', endpoints: [{ addresses: [text] }] }),
  ),
  slot('name of a port of a slice', 'http', (name) => bySlice({ ports: [{ name, port: 8080, protocol: 'TCP' }] })),
  slot('Service that a slice names', 'web', (name) =>
    bySlice({ metadata: { namespace: 'default', name: 'web-1', labels: { 'kubernetes.io/service-name': name } } }),
  ),
  slot('name of an IngressClass', 'nginx', (name) =>
    attacked(...web, ingress({}), {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      metadata: { name, annotations: { 'ingressclass.kubernetes.io/is-default-class': name } },
      spec: { controller: name },
    }),
  ),
  slot('key of the ConfigMap', 'hsts', (text) => [...byIngress({}), configMap({ [text]: text })]),
  slot('port of a TCP service', '9000', (key) => [...byIngress({}), streams({ [key]: 'default/web:80:PROXY:PROXY' })]),
  slot('target of a TCP service', 'default/web:80', (target) => [...byIngress({}), streams({ '9000': target })]),
  slot('name of a port of a TCP service', 'http', (port) => [
    ...byIngress({}),
    streams({ '9000': `default/web:${port}` }),
  ]),
  slot('externalName of a TCP service', 'x.example.org', (externalName) => {
    const [its] = service('default', 'out', { spec: { type: 'ExternalName', externalName } });
    return [...byIngress({}), its, streams({ '9000': 'default/out:80' })];
  }),
  slot('apiVersion', 'networking.k8s.io/v1', (apiVersion) => attacked(...web, { ...ingress({}), apiVersion })),
];

function tls(host: string, secretName: string): Raw {
  return { ...rules(), tls: [{ hosts: [host], secretName }] };
}

function rules(): Raw {
  return ingress({})['spec'] as Raw;
}

function bySlice(slice: Raw): readonly unknown[] {
  return attacked(...service('default', 'web', { slice }), ingress({}));
}

function retiredIngress(backend: Raw): Raw {
  return {
    ...ingress({ annotations: variables }),
    apiVersion: 'extensions/v1beta1',
    spec: { ingressClassName: 'nginx', rules: [{ host: EVIL_HOST, http: { paths: [{ path: '/p', backend }] } }] },
  };
}

/** Certificate and key as texts of a Secret, which the hostile text is mixed into. */
export function secretSlots(pair: { readonly certPem: string; readonly keyPem: string }): readonly Slot[] {
  const write = (stringData: Raw): readonly unknown[] => [
    ...byIngress({ spec: tls(EVIL_HOST, 'cert') }),
    {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'kubernetes.io/tls',
      metadata: { namespace: 'default', name: 'cert' },
      stringData,
    },
  ];
  const { certPem, keyPem } = pair;
  return [
    slot('tls.crt', certPem, (text) => write({ 'tls.crt': text, 'tls.key': keyPem })),
    slot('tls.key', keyPem, (text) => write({ 'tls.crt': certPem, 'tls.key': text })),
    slot('key of a Secret', 'x', (text) => write({ 'tls.crt': certPem, 'tls.key': keyPem, [text]: text })),
  ];
}
