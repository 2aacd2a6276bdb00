import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { problemTable, type ProblemCode } from '@gatehouse/core';
import { makeCertificate, type CertificateShape } from '@gatehouse/testing';
import { recordedRun } from '../recorded-run.ts';
import type { Finding } from './finding.ts';

const WORLD = `
{ apiVersion: v1, kind: Service, metadata: { name: tea-svc }, spec: { selector: { app: tea }, ports: [{ name: http, port: 80 }] } }
---
{ apiVersion: networking.k8s.io/v1, kind: IngressClass, metadata: { name: nginx }, spec: { controller: k8s.io/ingress-nginx } }
`;
const TEA = 'backend: { service: { name: tea-svc, port: { number: 80 } } }';
const DAY_MS = 24 * 60 * 60 * 1000;

const head = (kind: string, name: string, apiVersion = 'v1'): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: ${name}\n`;

interface IngressLines {
  readonly name?: string;
  readonly annotations?: readonly string[];
  readonly className?: string;
  readonly tls?: readonly string[];
  readonly host?: string;
  readonly path?: string;
  readonly pathType?: string;
  readonly backend?: string;
}

/** One field a line, so that the line tells the field. */
function ingress(lines: IngressLines): string {
  const annotations = (lines.annotations ?? []).map((line) => `    nginx.ingress.kubernetes.io/${line}`);
  const tls = (lines.tls ?? []).map((line) => `    ${line}`);
  return [
    head('Ingress', lines.name ?? 'shop', 'networking.k8s.io/v1') + (annotations.length > 0 ? '  annotations:' : ''),
    ...annotations,
    'spec:',
    `  ingressClassName: ${lines.className ?? 'nginx'}`,
    ...(tls.length > 0 ? ['  tls:', ...tls] : []),
    '  rules:',
    `    - host: ${lines.host ?? 'shop.example.com'}`,
    '      http:',
    '        paths:',
    `          - path: ${lines.path ?? '/'}`,
    `            pathType: ${lines.pathType ?? 'Prefix'}`,
    `            ${lines.backend ?? TEA}`,
  ].join('\n');
}

const documents = (...texts: readonly string[]): string => texts.join('\n---\n');
const settings = (line: string): string => `${head('ConfigMap', 'config')}data:\n  ${line}`;
const TCP_FLAG = '--tcp-services-configmap=default/streams';
const streams = (line: string): string => `${head('ConfigMap', 'streams')}data:\n  ${line}`;
const POLICY_FLAG = '--policy-configmap=default/policy';
const OWNERS = "host-owners: 'shop.example.com: shop'";
const policy = (...lines: readonly string[]): string =>
  `${head('ConfigMap', 'policy')}data:\n${lines.map((line) => `  ${line}`).join('\n')}`;
const backend = (name: string, port: string): string =>
  `backend:\n              service:\n                name: ${name}\n                port: ${port}`;

async function tlsSecret(shape: CertificateShape): Promise<string> {
  const { certPem, keyPem } = await makeCertificate(shape);
  const data = { 'tls.crt': certPem, 'tls.key': keyPem };
  return `${head('Secret', 'certificate')}type: kubernetes.io/tls\nstringData: ${JSON.stringify(data)}`;
}
const withCertificate = async (shape: CertificateShape): Promise<string> =>
  documents(
    await tlsSecret(shape),
    ingress({ tls: ['- hosts: [shop.example.com]', '  secretName: certificate # here'] }),
  );

const externalName = (name: string): string =>
  `${head('Service', 'far')}spec:\n  type: ExternalName\n  externalName: ${name}\n  ports: [{ port: 80 }]`;

/** Manifests with one Problem of each code, in the line that ends in `# here`. */
const cases: readonly (readonly [ProblemCode, () => Promise<string> | string])[] = [
  ['ObjectMalformed', () => ingress({ backend: 'backend: soup # here' })],
  ['DuplicateObject', () => documents(ingress({}), ingress({}).replace('networking.k8s.io/v1', '$& # here'))],
  [
    'RetiredApiVersion',
    () => {
      const text = ingress({ backend: 'backend: { serviceName: tea-svc, servicePort: 80 }' });
      return text.replace('networking.k8s.io/v1', '$&beta1 # here');
    },
  ],
  [
    'IngressTooLarge',
    () => ingress({ tls: Array.from({ length: 2001 }, () => '- {}') }).replace('  tls:', '$& # here'),
  ],
  ['ClassUnknown', () => ingress({ className: 'ngnix # here' })],
  [
    'ClassConflict',
    () =>
      ingress({ annotations: ['x'] }).replace(
        'nginx.ingress.kubernetes.io/x',
        'kubernetes.io/ingress.class: other # here',
      ),
  ],
  ['HostInvalid', () => ingress({ host: 'shop_1.example.com # here' })],
  ['HostIsIpAddress', () => ingress({ host: '10.0.0.1 # here' })],
  [
    'HostOverlap',
    () =>
      documents(
        ingress({ name: 'a', host: "'*.example.com' # here" }).replace('  name: a', '$&\n  namespace: other'),
        ingress({ name: 'b' }),
        WORLD.split('---')[0]?.replace('name: tea-svc', 'name: tea-svc, namespace: other') ?? '',
      ),
  ],
  ['WildcardTooWide', () => ingress({ host: "'*.com' # here" })],
  ['RuleWithoutPaths', () => ingress({}).replace(/- host: [^]*/, '- host: shop.example.com # here')],
  ['PathInvalid', () => ingress({ path: 'tea # here' })],
  ['PathTypeInvalid', () => ingress({ pathType: 'Regex # here' })],
  [
    'PathRegexInvalid',
    () => ingress({ annotations: ["use-regex: 'true'"], path: "'/tea(' # here", pathType: 'ImplementationSpecific' }),
  ],
  ['PathLooksLikeRegex', () => ingress({ path: "'/tea/.*' # here" })],
  ['PathConflict', () => documents(ingress({ name: 'a' }), ingress({ name: 'b', path: '/ # here' }))],
  ['BackendIsResource', () => ingress({ backend: 'backend: { resource: { kind: Bucket, name: a } } # here' })],
  ['BackendInvalid', () => ingress({ backend: 'backend: {} # here' })],
  ['ServiceMissing', () => ingress({ backend: backend('coffee-svc # here', '{ number: 80 }') })],
  ['ServicePortMissing', () => ingress({ backend: backend('tea-svc', '{ number: 81 } # here') })],
  [
    'ServiceHasNoEndpoints',
    () =>
      documents(
        `${head('Service', 'byhand')}spec: { ports: [{ port: 80 }] }`,
        ingress({ backend: backend('byhand # here', '{ number: 80 }') }),
      ),
  ],
  [
    'ExternalNameInvalid',
    () => documents(externalName('10.0.0.1'), ingress({ backend: backend('far # here', '{ number: 80 }') })),
  ],
  [
    'ExternalNameForbidden',
    () => documents(externalName('localhost'), ingress({ backend: backend('far # here', '{ number: 80 }') })),
  ],
  [
    'EndpointAddressRefused',
    () =>
      documents(
        `${head('EndpointSlice', 'tea-1', 'discovery.k8s.io/v1')}  labels: { kubernetes.io/service-name: tea-svc }\n` +
          'addressType: IPv4\nports: [{ name: http, port: 80 }]\nendpoints:\n  - addresses:\n      - 169.254.169.254 # here',
        ingress({}),
      ),
  ],
  ['SecretMissing', () => ingress({ tls: ['- hosts: [shop.example.com]', '  secretName: nowhere # here'] })],
  [
    'CertificateInvalid',
    () =>
      documents(
        `${head('Secret', 'certificate')}type: kubernetes.io/tls\nstringData: { tls.crt: x, tls.key: y }`,
        ingress({ tls: ['- hosts: [shop.example.com]', '  secretName: certificate # here'] }),
      ),
  ],
  ['CertificateDoesNotCoverHost', () => withCertificate({ hosts: ['cafe.example.com'] })],
  [
    'CertificateExpired',
    () => withCertificate({ hosts: ['shop.example.com'], notAfter: new Date(Date.now() - DAY_MS) }),
  ],
  [
    'CertificateNotYetValid',
    () => withCertificate({ hosts: ['shop.example.com'], notBefore: new Date(Date.now() + DAY_MS) }),
  ],
  ['CertificateNeedsStapling', () => withCertificate({ hosts: ['shop.example.com'], mustStaple: true })],
  ['TlsHostInvalid', () => ingress({ tls: ['- hosts:', "    - 'shop_1.example.com' # here"] })],
  [
    'TlsConflict',
    async () =>
      documents(
        await tlsSecret({ hosts: ['shop.example.com'] }),
        `${head('Secret', 'other')}type: kubernetes.io/tls`,
        ingress({
          tls: [
            '- hosts: [shop.example.com]',
            '  secretName: certificate',
            '- hosts: [shop.example.com] # here',
            '  secretName: other',
          ],
        }),
      ),
  ],
  ['TlsHostWithoutRule', () => ingress({ tls: ['- hosts:', '    - elsewhere.example.com # here'] })],
  ['AnnotationInvalid', () => ingress({ annotations: ['proxy-body-size: huge # here'] })],
  ['AnnotationUnknown', () => ingress({ annotations: ['proxy-body-sise: 1m # here'] })],
  ['AnnotationNotSupported', () => ingress({ annotations: ["limit-rps: '5' # here"] })],
  ['CanaryNotSupported', () => ingress({ annotations: ["canary: 'true' # here"] })],
  ['CanaryWithoutPartner', () => ingress({ annotations: ["canary: 'true'"], path: '/ # here' })],
  ['ProtectionNotSupported', () => ingress({ annotations: ['auth-url: http://auth.example.com/ # here'] })],
  ['ProtectionInvalid', () => ingress({ annotations: ['whitelist-source-range: everybody # here'] })],
  ['SnippetRefused', () => ingress({ annotations: ['configuration-snippet: return 200; # here'] })],
  ['AnnotationConflict', () => ingress({ annotations: ['permanent-redirect: /a # here', 'temporal-redirect: /b'] })],
  ['AnnotationWithoutEffect', () => ingress({ annotations: ["permanent-redirect-code: '308' # here"] })],
  [
    'RewriteCaptureMissing',
    () => ingress({ annotations: ['rewrite-target: /$2 # here'], path: '/tea', pathType: 'ImplementationSpecific' }),
  ],
  ['SettingInvalid', () => settings('proxy-body-size: huge # here')],
  ['SettingProtectionInvalid', () => settings('whitelist-source-range: everybody # here')],
  ['SettingUnknown', () => settings('proxy-body-sise: 1m # here')],
  ['SettingProtectionNotSupported', () => settings('global-auth-url: http://auth.example.com/ # here')],
  ['SettingNotSupported', () => settings("enable-brotli: 'true' # here")],
];

/** Those that only flags lead to. */
const casesOfFlags: readonly (readonly [code: ProblemCode, flags: readonly string[], text: string])[] = [
  [
    'CatchAllDisabled',
    ['--disable-catch-all'],
    `${head('Ingress', 'all', 'networking.k8s.io/v1')}spec:\n  ingressClassName: nginx\n  defaultBackend: # here\n    service: { name: tea-svc, port: { number: 80 } }`,
  ],
  [
    'HostNotOwned',
    [POLICY_FLAG],
    documents(policy('host-ownership: enforce', OWNERS), ingress({ host: 'a.shop.example.com # here' })),
  ],
  [
    'HostNotOwnedYet',
    [POLICY_FLAG],
    documents(policy('host-ownership: warn', OWNERS), ingress({ host: 'a.shop.example.com # here' })),
  ],
  [
    'HostOwnerLabelInvalid',
    [POLICY_FLAG],
    documents(
      policy('host-ownership: warn', 'host-owner-label-prefix: hosts.example.org'),
      `${head('Namespace', 'shop')}  labels:\n    hosts.example.org/a: Shop # here`,
    ),
  ],
  ['PolicyInvalid', [POLICY_FLAG], policy('host-ownership: sometimes # here')],
  [
    'SessionTicketKeysUnusable',
    ['--session-ticket-secret=default/tickets'],
    documents(
      `${head('ConfigMap', 'config')}data: { ssl-session-tickets: 'true' }`,
      'apiVersion: v1 # here\nkind: Secret\nmetadata: { name: tickets }\nstringData: { current: short }',
    ),
  ],
  ['StreamInvalid', [TCP_FLAG], streams("'9000': nowhere # here")],
  ['StreamPortTaken', [TCP_FLAG], streams("'80': default/tea-svc:80 # here")],
  [
    'StreamProxyProtocolIgnored',
    ['--udp-services-configmap=default/streams'],
    documents(
      '{ apiVersion: v1, kind: Service, metadata: { name: dns }, spec: { selector: { app: dns }, ports: [{ port: 53, protocol: UDP }] } }',
      streams("'53': default/dns:53:PROXY # here"),
    ),
  ],
  ['StreamServiceForeign', [TCP_FLAG, '--watch-namespace=other'], streams("'9000': default/tea-svc:80 # here")],
];

/** Codes that manifests alone do not lead to here. */
const NOT_FROM_MANIFESTS: readonly ProblemCode[] = [
  // Needs an nginx that refuses.
  'ConfigRejected',
  // Needs an older nginx, or one without DNS servers: `check` assumes some.
  'AnnotationNeedsNewerNginx',
  'EndpointsNeedReloads',
  'ResolverMissing',
  'StreamNeedsModule',
  // Is about what no file holds.
  'ConfigMapMissing',
];

describe('the place of a finding', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'check-'));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it.each([
    ...cases.map(([code, make]) => [code, [], make] as const),
    ...casesOfFlags.map(([code, flags, text]) => [code, flags, () => text] as const),
  ])('of %s is the line of the field', async (code, flags, make) => {
    const text = await make();
    const folder = mkdtempSync(join(directory, 'case-'));
    writeFileSync(join(folder, 'case.yaml'), text);
    writeFileSync(join(folder, 'world.yaml'), WORLD);
    const run = await recordedRun('check', '-f', folder, '--configmap=default/config', '--format=json', ...flags);
    const { findings } = JSON.parse(run.stdout) as { findings: readonly Finding[] };
    const lineNumber = text.split('\n').findIndex((line) => line.endsWith('# here')) + 1;
    expect(findings.filter((finding) => finding.code === code)).toMatchObject([
      { file: join(folder, 'case.yaml'), line: lineNumber, severity: problemTable[code].severity },
    ]);
    expect(run.exitCode).toBe(findings.some(({ severity }) => severity === 'error') ? 1 : 0);
  });

  it('is proven for every code', () => {
    const covered = [...cases, ...casesOfFlags].map(([code]) => code);
    expect([...covered, ...NOT_FROM_MANIFESTS].sort()).toEqual(Object.keys(problemTable).sort());
  });
});
