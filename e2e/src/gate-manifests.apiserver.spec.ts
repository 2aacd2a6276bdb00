import { describe, expect, it } from '@jest/globals';
import { routingFlags } from '@gatehouse/routing';
import { ofKind, OVERLAYS, readManifests, workloadOf, type KubeObject } from './harness/deployment.ts';
import type { HookConfiguration } from './harness/registered-webhook.ts';

interface Service extends KubeObject {
  readonly spec: { readonly ports: readonly { readonly port: number }[] };
}

describe('the configuration of the webhook', () => {
  const rest = { matchPolicy: 'Equivalent', sideEffects: 'None', timeoutSeconds: 5, admissionReviewVersions: ['v1'] };

  it.each(OVERLAYS)('lets nothing wait but Ingresses of our class, and them only on demand: %s', async (path) => {
    const configurations = ofKind(await readManifests(path), 'ValidatingWebhookConfiguration');
    // Beside another ingress-nginx, what it serves is for its own webhook to refuse.
    expect(configurations).toHaveLength(path === 'overlays/side-by-side' ? 0 : 1);
    for (const { webhooks } of configurations as HookConfiguration[]) {
      for (const webhook of webhooks) expect(webhook).toMatchObject(rest);
      expect(webhooks.map(({ name, failurePolicy }) => [name, failurePolicy])).toEqual([
        ['ingresses.admission.gatehouse', path === 'overlays/strict' ? 'Fail' : 'Ignore'],
        ['services.admission.gatehouse', 'Ignore'],
        ['config-maps.admission.gatehouse', 'Ignore'],
      ]);
    }
  });

  it.each(OVERLAYS)('names a Service and a path that are there, and leaves that of a chart alone: %s', async (path) => {
    const objects = await readManifests(path);
    for (const configuration of ofKind(objects, 'ValidatingWebhookConfiguration') as HookConfiguration[]) {
      const isSwitched = path === 'overlays/switched';
      expect(configuration.metadata.name).toBe(`${isSwitched ? 'gatehouse-' : ''}ingress-nginx-admission`);
      for (const { clientConfig } of configuration.webhooks) {
        const { name, namespace, port, path: asked } = clientConfig.service!;
        const service = (ofKind(objects, 'Service') as Service[]).find(({ metadata }) => metadata.name === name);
        expect(service?.metadata.namespace).toBe(namespace);
        expect(service?.spec.ports.map((one) => one.port)).toContain(port);
        expect(asked).toBe('/validate');
        expect(clientConfig).not.toHaveProperty('caBundle');
      }
    }
  });

  it.each(OVERLAYS)('asks one that judges by the very flags of the controller: %s', async (path) => {
    const objects = await readManifests(path);
    const flagsOf = (component: string): readonly string[] => {
      const [{ args = [] } = {}] = workloadOf(objects, component).spec.template.spec.containers;
      const name = (arg: string): string => arg.replace(/^--|=.*$/g, '');
      // No verdict depends on a Secret, which the webhook may not even read.
      const isJudgedBy = (flag: string): boolean =>
        Object.hasOwn(routingFlags, flag) && flag !== 'default-ssl-certificate';
      return args.filter((arg) => isJudgedBy(name(arg))).toSorted();
    };
    expect(flagsOf('admission-webhook')).toEqual(flagsOf('controller'));
    expect(flagsOf('controller').length).toBeGreaterThan(2);
  });

  it.each(OVERLAYS)('is named to the webhook, with the Secret and the Service that are there: %s', async (path) => {
    const objects = await readManifests(path);
    const [{ args = [], volumeMounts = [] } = {}] = workloadOf(objects, 'admission-webhook').spec.template.spec
      .containers;
    const given = (flag: string): string | undefined =>
      args.find((arg) => arg.startsWith(`${flag}=`))?.replace(/^.*[=/]/, '');
    const named = (kind: string): readonly string[] => ofKind(objects, kind).map(({ metadata }) => metadata.name);
    if (path === 'overlays/cert-manager') {
      expect(args.filter((arg) => /certificate-secret|service-name|webhook-configuration/.test(arg))).toEqual([]);
      expect(named('Secret')).toEqual([]);
      expect(volumeMounts.map(({ mountPath }) => `--certificate-file=${mountPath}/tls.crt`)).toContain(
        args.find((arg) => arg.startsWith('--certificate-file=')),
      );
      return;
    }
    expect(named('Secret')).toEqual([given('--certificate-secret')]);
    expect(named('Service')).toContain(given('--service-name'));
    const configurations = named('ValidatingWebhookConfiguration');
    expect([...configurations, 'none'][0]).toBe(
      configurations.length === 0 ? 'none' : given('--webhook-configuration'),
    );
    expect(given('--webhook-configuration')).toMatch(/^(gatehouse-)?ingress-nginx-admission$/);
  });
});
