import { describe, expect, it } from '@jest/globals';
import { admissionWebhookCommand } from '@gatehouse/admission-webhook';
import { parseControllerFlags } from '@gatehouse/controller';
import { defaultBackendCommand } from '@gatehouse/default-backend';
import { parseFlags, type Command, type FlagTable } from '@gatehouse/flags';
import { proxyCommand } from '@gatehouse/proxy';
import {
  NAMESPACE,
  ofKind,
  OVERLAYS,
  readManifests,
  workloadOf,
  workloadsOf,
  type Container,
  type KubeObject,
  type Workload,
} from './harness/deployment.ts';

interface Service extends KubeObject {
  readonly spec: {
    readonly type?: string;
    readonly selector: Readonly<Record<string, string>>;
    readonly ports: readonly { readonly name: string; readonly port: number; readonly targetPort: string }[];
  };
}
type Selector = Readonly<Record<string, string>>;

const servicesOf = (objects: readonly KubeObject[]): readonly Service[] => ofKind(objects, 'Service') as Service[];
const namesOf = (objects: readonly KubeObject[]): readonly string[] => objects.map(({ metadata }) => metadata.name);
const containerOf = ({ spec }: Workload, name: string): Container => {
  const found = spec.template.spec.containers.find((container) => container.name === name);
  if (found === undefined) throw new Error(`there is no container ${name}`);
  return found;
};
const matching = (workloads: readonly Workload[], selector: Selector): readonly Workload[] =>
  workloads.filter(({ spec }) =>
    Object.entries(selector).every(([label, value]) => spec.template.metadata.labels[label] === value),
  );

describe.each(OVERLAYS)('the manifests of %s', (path) => {
  it('are three workloads with what belongs to each', async () => {
    const objects = await readManifests(path);
    const prefix = path.endsWith('side-by-side') || path.endsWith('switched') ? 'gatehouse-' : '';
    const expected = (...names: readonly string[]): readonly string[] => names.map((name) => `${prefix}${name}`);
    const workloads = ['ingress-nginx-admission', 'ingress-nginx-controller', 'ingress-nginx-default-backend'];
    expect(namesOf(workloadsOf(objects)).toSorted()).toEqual(expected(...workloads));
    const others = ['ingress-nginx', 'ingress-nginx-admission', 'ingress-nginx-default-backend'];
    for (const kind of ['Service', 'ServiceAccount']) {
      expect(namesOf(ofKind(objects, kind)).toSorted()).toEqual(expected(...others));
    }
    expect(namesOf(ofKind(objects, 'PodDisruptionBudget')).toSorted()).toEqual(expected(...workloads));
  });

  it('lie in one namespace', async () => {
    const namespaced = (await readManifests(path)).map(({ metadata }) => metadata.namespace).filter(Boolean);
    expect(new Set(namespaced)).toEqual(new Set([NAMESPACE]));
  });

  it('select the Pods of exactly one workload, everywhere', async () => {
    const objects = await readManifests(path);
    const workloads = workloadsOf(objects);
    for (const { spec } of workloads) expect(matching(workloads, spec.selector.matchLabels)).toHaveLength(1);
    for (const { spec } of servicesOf(objects)) expect(matching(workloads, spec.selector)).toHaveLength(1);
    type Selecting = KubeObject & { readonly spec: Readonly<Record<string, { readonly matchLabels: Selector }>> };
    for (const [kind, field] of [
      ['PodDisruptionBudget', 'selector'],
      ['NetworkPolicy', 'podSelector'],
    ] as const) {
      for (const { spec } of ofKind(objects, kind) as Selecting[]) {
        expect(matching(workloads, spec[field]?.matchLabels ?? {})).toHaveLength(1);
      }
    }
  });

  it('send to ports that the containers have, and probe no others', async () => {
    const objects = await readManifests(path);
    for (const { spec } of servicesOf(objects)) {
      const [target] = matching(workloadsOf(objects), spec.selector);
      const names = target?.spec.template.spec.containers.flatMap(({ ports }) => ports.map(({ name }) => name));
      for (const { targetPort } of spec.ports) expect(names).toContain(targetPort);
    }
    const containers = workloadsOf(objects).flatMap(({ spec }) => spec.template.spec.containers);
    for (const { ports, startupProbe, livenessProbe, readinessProbe } of containers) {
      const names = ports.map(({ name }) => name);
      for (const probe of [startupProbe, livenessProbe, readinessProbe]) {
        if (probe !== undefined) expect(names).toContain(probe.httpGet?.port ?? probe.tcpSocket?.port);
      }
      // What tells that the process is alive must not depend on anything else.
      expect([undefined, '/healthz']).toContain(livenessProbe?.httpGet?.path);
    }
  });

  it('give every container a tag, limits, and as few rights as it can work with', async () => {
    const workloads = workloadsOf(await readManifests(path));
    for (const { spec } of workloads) {
      const isProxy = spec.template.metadata.labels['app.kubernetes.io/component'] === 'controller';
      expect(spec.template.spec).toMatchObject({
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        securityContext: {
          runAsNonRoot: true,
          runAsUser: isProxy ? 33 : 65_532,
          seccompProfile: { type: 'RuntimeDefault' },
        },
      });
      for (const container of spec.template.spec.containers) {
        expect(container.image).toMatch(/^[a-z0-9./-]+:[\w.-]+$/);
        expect(container.image).not.toMatch(/:latest$/);
        expect(container.resources).toMatchObject({
          requests: { cpu: expect.any(String), memory: expect.any(String) },
          limits: { memory: expect.any(String) },
        });
        expect(container.securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'], ...(isProxy ? { add: ['NET_BIND_SERVICE'] } : {}) },
        });
      }
    }
  });

  it('stop no Pod before others had time to learn of it, and give it time for what it has begun', async () => {
    for (const { spec } of workloadsOf(await readManifests(path))) {
      const { containers, terminationGracePeriodSeconds } = spec.template.spec;
      for (const { lifecycle } of containers) {
        expect(lifecycle.preStop.sleep.seconds).toBeGreaterThanOrEqual(5);
        expect(lifecycle.preStop.sleep.seconds + 15).toBeLessThanOrEqual(terminationGracePeriodSeconds);
      }
    }
  });
});

describe('the Pod of the controller', () => {
  const CONFIG = { name: 'config', mountPath: '/run/gatehouse/config' };
  const KEYS = { name: 'keys', mountPath: '/run/gatehouse/keys' };
  const PROXY = { name: 'proxy', mountPath: '/run/gatehouse/proxy' };

  it.each(OVERLAYS)('shares three volumes, each written by one side, and one side has the token: %s', async (path) => {
    const workload = workloadOf(await readManifests(path), 'controller');
    expect(containerOf(workload, 'controller').volumeMounts).toEqual([
      CONFIG,
      KEYS,
      { ...PROXY, readOnly: true },
      { name: 'api-access', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true },
    ]);
    expect(containerOf(workload, 'proxy').volumeMounts).toEqual([
      { ...CONFIG, readOnly: true },
      { ...KEYS, readOnly: true },
      PROXY,
    ]);
    const { volumes = [], shareProcessNamespace } = workload.spec.template.spec;
    expect(shareProcessNamespace).toBe(false);
    expect(volumes.map(({ name }) => name)).toEqual(['config', 'keys', 'proxy', 'api-access']);
    expect(volumes.find(({ name }) => name === 'keys')?.emptyDir).toMatchObject({ medium: 'Memory' });
    for (const { emptyDir, projected } of volumes) expect(emptyDir?.sizeLimit ?? projected).toBeDefined();
  });

  it.each(OVERLAYS)('serves the world from the proxy alone: %s', async (path) => {
    const workload = workloadOf(await readManifests(path), 'controller');
    expect(containerOf(workload, 'proxy').ports).toEqual([
      expect.objectContaining({ name: 'http', containerPort: 80 }),
      expect.objectContaining({ name: 'https', containerPort: 443 }),
      expect.objectContaining({ name: 'proxy-health', containerPort: 10_244 }),
    ]);
    expect(containerOf(workload, 'controller').ports.map(({ name }) => name)).toEqual(['health']);
  });

  it.each(OVERLAYS)('may listen on them, unless the node has to allow it: %s', async (path) => {
    const { hostNetwork, securityContext } = workloadOf(await readManifests(path), 'controller').spec.template.spec;
    const sysctls = [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '0' }];
    expect(hostNetwork === true).toBe(path === 'overlays/host-network');
    if (hostNetwork === true) expect(securityContext).not.toHaveProperty('sysctls');
    else expect(securityContext).toHaveProperty('sysctls', sysctls);
  });

  it('is never one too few while it is replaced', async () => {
    const { spec } = workloadOf(await readManifests('base'), 'controller');
    expect(spec).toMatchObject({ replicas: 2, strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } });
  });
});

describe('the NetworkPolicies', () => {
  interface Policy extends KubeObject {
    readonly spec: {
      readonly podSelector: { readonly matchLabels: Selector };
      readonly policyTypes: readonly string[];
      readonly ingress: readonly {
        readonly from?: readonly object[];
        readonly ports: readonly { readonly port: number }[];
      }[];
    };
  }
  const isProbed = ({ name }: { readonly name: string }): boolean => name === 'proxy-health';

  it.each(OVERLAYS)('let in to every port of the Pods but those that the kubelet alone asks: %s', async (path) => {
    const objects = await readManifests(path);
    const policies = ofKind(objects, 'NetworkPolicy') as Policy[];
    expect(policies).toHaveLength(path === 'overlays/host-network' ? 2 : 3);
    for (const { spec } of policies) {
      expect(spec.policyTypes).toEqual(['Ingress', 'Egress']);
      const [workload] = matching(workloadsOf(objects), spec.podSelector.matchLabels);
      const ports = workload?.spec.template.spec.containers.flatMap((container) => container.ports) ?? [];
      const open = spec.ingress.flatMap((rule) => rule.ports.map(({ port }) => port));
      const expected = ports.filter((port) => !isProbed(port)).map(({ containerPort }) => containerPort);
      expect(open.toSorted()).toEqual(expected.toSorted());
    }
  });

  it('let everybody in to what serves requests, and to nothing else', async () => {
    const policies = ofKind(await readManifests('base'), 'NetworkPolicy') as Policy[];
    const open = policies.flatMap(({ spec }) => spec.ingress.filter(({ from }) => from === undefined));
    expect(open.flatMap(({ ports }) => ports.map(({ port }) => port)).toSorted((a, b) => a - b)).toEqual([
      80, 443, 8443,
    ]);
  });

  it('let no Pod out to link-local addresses, but to a DNS server there', async () => {
    const policies = ofKind(await readManifests('base'), 'NetworkPolicy') as (Policy & {
      readonly spec: {
        readonly egress?: readonly { readonly to?: readonly object[]; readonly ports?: readonly object[] }[];
      };
    })[];
    for (const { to, ports } of policies.flatMap(({ spec }) => spec.egress ?? [])) {
      if (to === undefined)
        expect(ports?.map((port) => ({ ...port, protocol: '' }))).toEqual(
          ports?.map(() => ({ port: 53, protocol: '' })),
        );
      else {
        expect(to).toEqual([
          { ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.0.0/16'] } },
          { ipBlock: { cidr: '::/0', except: ['fe80::/10', 'fd00:ec2::/32'] } },
        ]);
      }
    }
  });
});

describe('the default backend', () => {
  it.each(OVERLAYS)('has no token, no volume but that of its brand, and no way out: %s', async (path) => {
    const objects = await readManifests(path);
    const workload = workloadOf(objects, 'default-backend');
    // The brand is optional, so that the Pod starts without it.
    expect(workload.spec.template.spec.volumes).toEqual([
      { name: 'error-pages', configMap: { name: 'ingress-nginx-error-pages', optional: true } },
    ]);
    const policy = objects.find(
      ({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name.endsWith('ingress-nginx-default-backend'),
    );
    expect(policy).toHaveProperty('spec.policyTypes', ['Ingress', 'Egress']);
    expect(policy).not.toHaveProperty('spec.egress');
  });
});

describe('the arguments', () => {
  const commands: Readonly<Record<string, Command<FlagTable>>> = {
    'admission-webhook': admissionWebhookCommand,
    'default-backend': defaultBackendCommand,
    proxy: proxyCommand,
  };
  const inputOf = ({ args = [], env = [] }: Container): { argv: readonly string[]; env: Record<string, string> } => ({
    argv: args,
    env: Object.fromEntries([
      ...env.map(({ name }): [string, string] => [name, NAMESPACE]),
      ['KUBERNETES_SERVICE_HOST', '10.0.0.1'],
      ['KUBERNETES_SERVICE_PORT', '443'],
    ]),
  });

  it.each(OVERLAYS)('of %s are taken by the programs', async (path) => {
    const containers = workloadsOf(await readManifests(path)).flatMap(({ spec }) => spec.template.spec.containers);
    for (const container of containers.filter(({ name }) => name in commands)) {
      expect(parseFlags(commands[container.name]!, inputOf(container))).toMatchObject({ ok: true });
    }
    const controller = containers.find(({ name }) => name === 'controller')!;
    expect(parseControllerFlags(inputOf(controller))).toMatchObject({ ok: true, value: { hasProxyAgent: true } });
  });

  it.each(OVERLAYS)('of %s name Services and ports that are there', async (path) => {
    const objects = await readManifests(path);
    const controller = containerOf(workloadOf(objects, 'controller'), 'controller');
    const parsed = parseControllerFlags(inputOf(controller));
    if (!parsed.ok) throw new Error(parsed.error.join());
    const { routing, health, cluster, runtimeDirectory } = parsed.value;
    const services = servicesOf(objects).map(({ metadata }) => `${NAMESPACE}/${metadata.name}`);
    expect(services).toContain(routing.defaultBackendService);
    expect(controller.ports).toContainEqual(expect.objectContaining({ name: 'health', containerPort: health.port }));
    expect(controller.volumeMounts?.[0]?.mountPath).toBe(`${String(runtimeDirectory)}/config`);
    const published = cluster?.status?.service;
    // The last two take over the Service of another, and the first of them writes no status yet.
    if (['overlays/host-network', 'overlays/side-by-side'].includes(path)) expect(published).toBeUndefined();
    else if (path === 'overlays/switched') expect(published).toBe(`${NAMESPACE}/ingress-nginx-controller`);
    else expect(services).toContain(published);
  });
});
