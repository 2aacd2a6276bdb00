import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApiServer, until, type ApiServer } from '@gatehouse/testing';
import {
  anIngress,
  kubectl,
  registerWebhook,
  type IngressShape,
  type KubectlAnswer,
  type RegisteredWebhook,
} from './harness/registered-webhook.ts';

const PREFIX = 'nginx.ingress.kubernetes.io';
const BAD = { annotations: { [`${PREFIX}/proxy-body-size`]: 'much' } };
const BAD_SENTENCE =
  `metadata.annotations[${PREFIX}/proxy-body-size]: "much" is not a size such as 8m, at most 1048576g, or 0 for no ` +
  'limit (AnnotationInvalid, docs/problems.md#annotationinvalid)';
const REFUSED = 'admission webhook "ingresses.admission.gatehouse" denied the request: ';

let server: ApiServer;
let webhook: RegisteredWebhook;

beforeAll(async () => {
  server = await startApiServer();
  webhook = await registerWebhook(server);
  await webhook.register('base');
  await server.kubectl(['create', 'service', 'clusterip', 'tea-svc', '--tcp=80']);
  const others = { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name: 'other' } };
  await send(['create'], { ...others, spec: { controller: 'example.com/other' } });
}, 120_000);

afterAll(async () => {
  await webhook.close();
  await server.stop();
});

const send = (args: readonly string[], object: object): Promise<KubectlAnswer> =>
  kubectl(server, [...args, '-f', '-'], object);
const create = (name: string, shape?: IngressShape): Promise<KubectlAnswer> => send(['create'], anIngress(name, shape));
const exists = async (name: string): Promise<boolean> => (await kubectl(server, ['get', 'ingress', name])).succeeded;
/** How often the webhook is asked while something is done. */
async function askedDuring(action: () => Promise<unknown>): Promise<number> {
  const before = await webhook.asked();
  await action();
  return (await webhook.asked()) - before;
}

describe('a bad Ingress', () => {
  beforeAll(() => create('tea'));

  it.each([
    ['kubectl create', ['create']],
    ['kubectl apply', ['apply']],
    ['kubectl apply --server-side', ['apply', '--server-side']],
    ['kubectl create --dry-run=server', ['create', '--dry-run=server']],
    ['kubectl apply --dry-run=server', ['apply', '--dry-run=server']],
    ['kubectl apply --server-side --dry-run=server', ['apply', '--server-side', '--dry-run=server']],
  ])('is refused at %s, with the sentence that says what to change', async (_, args) => {
    const { succeeded, err } = await send(args, anIngress('bad', BAD));
    expect(succeeded).toBe(false);
    expect(err).toContain(`${REFUSED}${BAD_SENTENCE}`);
    expect(await exists('bad')).toBe(false);
  });

  it.each([
    ['kubectl apply', ['apply']],
    ['kubectl apply --server-side', ['apply', '--server-side', '--force-conflicts']],
    ['kubectl replace', ['replace']],
  ])('is refused at %s of one that is there, which stays as it was', async (_, args) => {
    const { succeeded, err } = await send(args, anIngress('tea', BAD));
    expect(succeeded).toBe(false);
    expect(err).toContain(`${REFUSED}${BAD_SENTENCE}`);
    expect((await kubectl(server, ['get', 'ingress', 'tea', '-o', 'yaml'])).out).not.toContain('much');
  });

  it.each(['merge', 'strategic'])('is refused at a %s patch', async (type) => {
    const patch = JSON.stringify({ metadata: BAD });
    const { succeeded, err } = await kubectl(server, ['patch', 'ingress', 'tea', `--type=${type}`, '-p', patch]);
    expect(succeeded).toBe(false);
    expect(err).toContain(BAD_SENTENCE);
  });

  it('is refused before it has a name', async () => {
    const { metadata, ...rest } = anIngress('made', BAD);
    const unnamed = { ...rest, metadata: { ...metadata, name: undefined, generateName: 'made-' } };
    expect((await send(['create'], unnamed)).err).toContain(BAD_SENTENCE);
  });

  it('is told all its reasons at once, one line each, 50 of them in words', async () => {
    const paths = Array.from({ length: 60 }, (_, index) => ({
      path: `/[${index}`,
      pathType: 'ImplementationSpecific',
      backend: { service: { name: 'tea-svc', port: { number: 80 } } },
    }));
    const { spec, ...rest } = anIngress('many', { annotations: { [`${PREFIX}/use-regex`]: 'true' } });
    const { err } = await send(['create'], {
      ...rest,
      spec: { ...spec, rules: [{ host: 'many.example.com', http: { paths } }] },
    });
    const lines = err.trim().split('\n');
    expect(lines[0]).toMatch(/denied the request: 60 reasons:$/);
    expect(lines).toHaveLength(52);
    expect(lines[51]).toBe('and 10 more');
    const sentence =
      /^spec\.rules\[0\]\.http\.paths\[(\d+)\]\.path: the path "\/\[\1" cannot be served as a regular expression, because a \[ is never closed \(PathRegexInvalid, docs\/problems\.md#pathregexinvalid\)$/;
    for (const line of lines.slice(1, 51)) expect(line).toMatch(sentence);
    expect(new Set(lines).size).toBe(52);
  });

  it('is refused because of another namespace, too, whose path it would take', async () => {
    await server.kubectl(['create', 'namespace', 'theirs']);
    const { err } = await create('tea', { namespace: 'theirs', host: 'tea.example.com' });
    expect(err).toContain(`${REFUSED}spec.rules[0].http.paths[0]: `);
    expect(err).toContain('belongs to Ingress default/tea');
  });
});

describe('a good Ingress', () => {
  it('is let in in each way, and its warnings are printed', async () => {
    const warned = { annotations: { [`${PREFIX}/no-such-thing`]: 'x' } };
    for (const [index, args] of [['create'], ['apply'], ['apply', '--server-side']].entries()) {
      const { succeeded, err } = await send(args, anIngress(`good-${index}`, warned));
      expect(succeeded).toBe(true);
      expect(err).toContain(
        `Warning: metadata.annotations[${PREFIX}/no-such-thing]: no annotation "no-such-thing" exists (AnnotationUnknown, docs/problems.md#annotationunknown)`,
      );
      expect(await exists(`good-${index}`)).toBe(true);
    }
  });

  it('has no effect in a dry run: nobody has taken the path, and the log says what it was', async () => {
    const shape = { host: 'dry.example.com' };
    expect(await send(['apply', '--dry-run=server'], anIngress('dry', shape))).toMatchObject({ succeeded: true });
    expect(await create('first', shape)).toMatchObject({ succeeded: true, err: '' });
    expect((await send(['apply', '--dry-run=server'], anIngress('dry', shape))).err).toContain('default/first');
    const [line] = webhook.log().filter(({ name }) => name === 'dry');
    expect(line).toMatchObject({ message: 'Admission denied', isDryRun: true, user: 'admin' });
  });

  it('is not asked about when it is deleted, nor when its status is written', async () => {
    await create('gone');
    const patch = JSON.stringify({ status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } });
    const asked = await askedDuring(async () => {
      await server.kubectl(['patch', 'ingress', 'gone', '--subresource=status', '--type=merge', '-p', patch]);
      await server.kubectl(['delete', 'ingress', 'gone']);
    });
    expect(asked).toBe(0);
    expect(await exists('gone')).toBe(false);
  });
});

describe('an Ingress that was bad before the webhook came', () => {
  const change = (...args: readonly string[]): Promise<KubectlAnswer> => kubectl(server, [...args]);

  it('can be changed, with a warning, but not be made worse', async () => {
    await webhook.stop();
    await create('old', BAD);
    await webhook.start();
    await until(async () => (await create('probe', BAD)).err.includes(BAD_SENTENCE));
    const labelled = await change('label', 'ingress', 'old', 'team=a');
    expect(labelled).toMatchObject({ succeeded: true });
    expect(labelled.err).toContain(`Warning: ${BAD_SENTENCE}`);
    const worse = await change('annotate', 'ingress', 'old', `${PREFIX}/proxy-read-timeout=soon`);
    expect(worse.succeeded).toBe(false);
    expect(worse.err).toContain(`${REFUSED}metadata.annotations[${PREFIX}/proxy-read-timeout]: "soon" is not `);
    expect(worse.err).toContain(`Warning: ${BAD_SENTENCE}`);
    const better = await change('annotate', 'ingress', 'old', `${PREFIX}/proxy-body-size-`);
    expect(better).toMatchObject({ succeeded: true, err: '' });
  });
});

describe('the class', () => {
  const OLD_ANNOTATION = 'kubernetes.io/ingress.class';

  it.each<[string, number, IngressShape]>([
    ['ours', 1, { className: 'nginx' }],
    ['ours, by the old annotation', 1, { className: null, annotations: { [OLD_ANNOTATION]: 'nginx' } }],
    ['none, since a default class may be ours', 1, { className: null }],
    ['none, with an empty annotation', 1, { className: null, annotations: { [OLD_ANNOTATION]: '' } }],
    ["another's", 0, { className: 'other' }],
    ["another's, by the old annotation", 0, { className: null, annotations: { [OLD_ANNOTATION]: 'other' } }],
    ['one that nobody knows', 0, { className: 'nginx-2' }],
  ])('%s: the webhook is asked %i times', async (_, times, shape) => {
    const asked = await askedDuring(() => send(['create', '--dry-run=server'], anIngress('class', shape)));
    expect(asked).toBe(times);
  });

  it('of others may be as bad as it likes', async () => {
    const worst = { ...BAD, className: 'other', host: 'tea.example.com' };
    expect(await create('foreign', worst)).toMatchObject({ succeeded: true, err: '' });
  });

  it('can be left, but a bad Ingress does not come in', async () => {
    const patchClass = (name: string, className: string): Promise<KubectlAnswer> => {
      const patch = JSON.stringify({ spec: { ingressClassName: className } });
      return kubectl(server, ['patch', 'ingress', name, '--type=merge', '-p', patch]);
    };
    let answer: KubectlAnswer | undefined;
    expect(await askedDuring(async () => (answer = await patchClass('foreign', 'nginx')))).toBe(1);
    expect(answer?.succeeded).toBe(false);
    expect(answer?.err).toContain(BAD_SENTENCE);
    await create('leaving');
    expect(await askedDuring(async () => (answer = await patchClass('leaving', 'other')))).toBe(1);
    expect(answer).toMatchObject({ succeeded: true });
    expect(await askedDuring(async () => (answer = await patchClass('leaving', 'another')))).toBe(0);
  });

  it('does not matter in the namespaces of the system', async () => {
    const asked = await askedDuring(async () => {
      expect(await create('system', { ...BAD, namespace: 'kube-system' })).toMatchObject({ succeeded: true });
    });
    expect(asked).toBe(0);
    expect((await create('own', { ...BAD, namespace: 'ingress-nginx' })).err).toContain(BAD_SENTENCE);
  });
});

// No server that is still looked after serves them (1.22 was the first without), so they are sent as the older ones did.
describe('an Ingress of an older version of the API', () => {
  const reviewOf = (group: string, version: string, host: string): object => {
    const object = {
      apiVersion: `${group}/${version}`,
      kind: 'Ingress',
      metadata: { name: 'old-version', namespace: 'default', annotations: { 'kubernetes.io/ingress.class': 'nginx' } },
      spec: {
        rules: [{ host, http: { paths: [{ path: '/', backend: { serviceName: 'tea-svc', servicePort: 80 } }] } }],
      },
    };
    return { uid: 'u', kind: { group, version, kind: 'Ingress' }, operation: 'CREATE', object, oldObject: null };
  };

  it.each([
    ['networking.k8s.io', 'v1beta1'],
    ['extensions', 'v1beta1'],
  ])('is judged as one of today: %s/%s', async (group, version) => {
    expect(await webhook.judge(reviewOf(group, version, 'old-version.example.com'))).toMatchObject({ allowed: true });
    for (const host of ['192.0.2.1', '::1', 'CAFE.example.com', 'cafe.example.com:80', 'a.*.example.com']) {
      const { allowed, status } = await webhook.judge(reviewOf(group, version, host));
      expect([host, allowed, status?.message]).toEqual([host, false, expect.stringContaining('spec.rules[0].host: ')]);
    }
    const taken = await webhook.judge(reviewOf(group, version, 'tea.example.com'));
    expect(taken.status?.message).toContain('belongs to Ingress default/tea');
  });

  it('is not to be had from this server', async () => {
    await expect(server.request('GET', '/apis/networking.k8s.io/v1beta1/ingresses')).rejects.toThrow('404');
    await expect(server.request('GET', '/apis/extensions/v1beta1/ingresses')).rejects.toThrow('404');
  });
});

describe('other objects', () => {
  const refusedBy = (hook: string): string => `admission webhook "${hook}.admission.gatehouse" denied the request: `;
  const externalName = (name: string): readonly string[] => [
    'service',
    'externalname',
    'inside',
    `--external-name=${name}`,
  ];

  it('are refused when they are settings of ours that mean nothing, with the key', async () => {
    const settings = ['configmap', 'nginx-configuration', '--namespace=ingress-nginx'];
    const patch = (data: object): Promise<KubectlAnswer> =>
      kubectl(server, ['patch', ...settings, '--type=merge', '-p', JSON.stringify({ data })]);
    expect((await patch({ 'proxy-body-size': 'much' })).err).toContain(
      `${refusedBy('config-maps')}data[proxy-body-size]: "much" is not a size such as 8m`,
    );
    expect((await patch({ 'proxy-body-sise': '8m' })).err).toContain(
      'Warning: data[proxy-body-sise]: no key "proxy-body-sise" exists; the nearest is proxy-body-size (SettingUnknown, ',
    );
    const good = { 'proxy-body-sise': null, 'proxy-body-size': '8m' };
    expect(await patch(good)).toMatchObject({ succeeded: true, err: '' });
  });

  it('are refused when they would lead an Ingress to a place that nobody is sent to', async () => {
    const create = (name: string): Promise<KubectlAnswer> => kubectl(server, ['create', ...externalName(name)]);
    const { spec, ...rest } = anIngress('to-inside');
    const backend = { service: { name: 'inside', port: { number: 80 } } };
    const paths = [{ path: '/', pathType: 'Prefix', backend }];
    await send(['create'], { ...rest, spec: { ...spec, rules: [{ host: 'to-inside.example.com', http: { paths } }] } });
    await until(async () => !(await create('169.254.169.254')).succeeded);
    expect((await create('169.254.169.254')).err).toContain(`${refusedBy('services')}spec.externalName: `);
    expect(await create('example.com')).toMatchObject({ succeeded: true });
  });

  it('are asked about only when they are Services of type ExternalName, or our settings', async () => {
    const askedAbout = (...args: readonly string[]): Promise<number> =>
      askedDuring(() => server.kubectl(['create', ...args, '--dry-run=server']));
    expect(await askedAbout('service', 'clusterip', 'plain', '--tcp=80')).toBe(0);
    expect(await askedAbout('service', 'externalname', 'outside', '--external-name=example.com')).toBe(1);
    expect(await askedAbout('configmap', 'nginx-configuration')).toBe(0);
    expect(await askedAbout('configmap', 'another', '--namespace=ingress-nginx')).toBe(0);
    expect(await askedAbout('configmap', 'tcp-services', '--namespace=ingress-nginx')).toBe(1);
    expect(await askedAbout('deployment', 'web', '--image=example.com/web:1')).toBe(0);
    expect(await askedAbout('secret', 'generic', 'some', '--from-literal=a=b')).toBe(0);
    expect(await askedAbout('namespace', 'new')).toBe(0);
  });
});
